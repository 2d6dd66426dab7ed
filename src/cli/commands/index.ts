import type { Command } from "../command.ts";

/** A command before it is loaded: start-up pays only for the one that runs. */
export interface CommandEntry {
  summary: string;
  /** Positional arguments as yargs writes them: `<id>`, `[ids..]`. */
  positionals?: string;
  /** The command line that the help shows for it now, if its own name is a former one or that of an alias: `--help` leaves it out. */
  now?: string;
  load: () => Promise<Command>;
}

const load = (module: Promise<{ default: unknown }>): Promise<Command> =>
  module.then((loaded) => loaded.default as Command);

/** Every command, in the order in which `--help` lists them. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  overview: {
    summary: "Show the last 30 days on one screen (also: bare rolecall)",
    load: () => load(import("./overview.ts")),
  },
  spend: {
    summary: "Show spend by model, day, project, agent and more",
    load: () => load(import("./spend.ts")),
  },
  sessions: {
    summary: "List sessions with project, models, time and cost",
    now: "session",
    load: () => load(import("./sessions.ts")),
  },
  session: {
    summary: "List sessions, or show one turn by turn with outcomes",
    positionals: "[id]",
    load: () => load(import("./session.ts")),
  },
  blocks: {
    summary: "Show five-hour windows with burn rate and projection",
    now: "limits --windows",
    load: () => load(import("./blocks.ts")),
  },
  limits: {
    summary: "Show the use of the five-hour and weekly limits",
    load: () => load(import("./limits.ts")),
  },
  roles: {
    summary: "Show which model each role needs: success and cost",
    load: () => load(import("./roles.ts")),
  },
  watch: {
    summary: "Watch sessions, agents and spend live",
    load: () => load(import("./watch.ts")),
  },
  agents: {
    summary: "Show declared and served models of each agent type",
    now: "roles --agents",
    load: () => load(import("./agents.ts")),
  },
  fallbacks: {
    summary: "Show escalations, fallbacks and model switches",
    load: () => load(import("./fallbacks.ts")),
  },
  savings: {
    summary: "Compare your cost with always-Opus and other rules",
    load: () => load(import("./savings.ts")),
  },
  why: {
    summary: "Explain the cost by cause, and show what would save most",
    positionals: "[what]",
    load: () => load(import("./why.ts")),
  },
  patterns: {
    summary: "Find habits that waste money, with the places",
    load: () => load(import("./patterns.ts")),
  },
  recommend: {
    summary: "Advise what to change, best first, and apply it",
    load: () => load(import("./recommend.ts")),
  },
  replay: {
    summary: "Run past tasks again on another model, with your check",
    positionals: "<role>",
    load: () => load(import("./replay.ts")),
  },
  impact: {
    summary: "Compare applied advice with its forecast",
    load: () => load(import("./impact.ts")),
  },
  outcome: {
    summary: "Correct the outcome of a task: good or bad",
    positionals: "<task> <verdict>",
    now: "session <task> --mark <verdict>",
    load: () => load(import("./outcome.ts")),
  },
  hook: {
    summary: "Answer a Claude Code hook: route agents, price switches",
    positionals: "<event>",
    load: () => load(import("./hook.ts")),
  },
  statusline: {
    summary: "Print Claude Code's status line: spend, context, cache",
    load: () => load(import("./statusline.ts")),
  },
  hooks: {
    summary: "Show what the hooks in Claude Code decided, and why",
    positionals: "[what]",
    now: "explain --hooks",
    load: () => load(import("./hooks.ts")),
  },
  mcp: {
    summary: "Serve spend, causes and advice to Claude Code over MCP",
    load: () => load(import("./mcp.ts")),
  },
  init: {
    summary: "Set up a policy, agents and settings for this repository",
    load: () => load(import("./init.ts")),
  },
  plan: {
    summary: "Show what would change, and write nothing",
    now: "apply --dry-run",
    load: () => load(import("./plan.ts")),
  },
  apply: {
    summary: "Write what the policy wants; --check compares, for CI",
    load: () => load(import("./apply.ts")),
  },
  check: {
    summary: "Exit with 1 if files and policy are out of sync",
    now: "apply --check",
    load: () => load(import("./check.ts")),
  },
  undo: {
    summary: "Revert the last init, adopt or apply",
    load: () => load(import("./undo.ts")),
  },
  uninstall: {
    summary: "Remove everything that rolecall wrote, byte for byte",
    load: () => load(import("./uninstall.ts")),
  },
  adopt: {
    summary: "Bring existing agents under the policy",
    positionals: "[names..]",
    load: () => load(import("./adopt.ts")),
  },
  explain: {
    summary: "Show the model and effort of an agent or role, and why",
    positionals: "<name>",
    load: () => load(import("./explain.ts")),
  },
  doctor: {
    summary: "Find what defeats the policy or is silently ignored",
    load: () => load(import("./doctor.ts")),
  },
  cascade: {
    summary: "Run a task up a ladder of models until a check passes",
    positionals: "[prompt]",
    load: () => load(import("./cascade.ts")),
  },
  run: {
    summary: "Send a prompt up a chain of models (uses the network)",
    positionals: "[prompt]",
    load: () => load(import("./run.ts")),
  },
  batch: {
    summary: "Send prompts in a batch at half price (uses the network)",
    positionals: "<file>",
    load: () => load(import("./batch.ts")),
  },
  route: {
    summary: "Show the model for a prompt, and what your history supports",
    positionals: "[prompt]",
    load: () => load(import("./route.ts")),
  },
  telemetry: {
    summary: "Show how runs and cascades went, with breakers",
    load: () => load(import("./telemetry.ts")),
  },
  models: {
    summary: "List models with prices of a day, aliases and effort",
    positionals: "[id] [file]",
    load: () => load(import("./models.ts")),
  },
  config: {
    summary: "Show the configuration, with the origin of each value",
    load: () => load(import("./config.ts")),
  },
  sql: {
    summary: "Query requests, tasks, sessions and switches with SQL",
    positionals: "<query>",
    load: () => load(import("./sql.ts")),
  },
  completion: {
    summary: "Print the script that completes commands in a shell",
    positionals: "<shell>",
    load: () => load(import("./completion.ts")),
  },
  forget: {
    summary: "Delete what the store keeps of sessions",
    load: () => load(import("./forget.ts")),
  },
};
