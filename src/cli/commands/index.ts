import type { Command } from "../command.ts";

/** A command before it is loaded: start-up pays only for the one that runs. */
export interface CommandEntry {
  summary: string;
  /** Positional arguments as yargs writes them: `<id>`, `[ids..]`. */
  positionals?: string;
  load: () => Promise<Command>;
}

const load = (module: Promise<{ default: unknown }>): Promise<Command> =>
  module.then((loaded) => loaded.default as Command);

/** Every command, in the order in which `--help` lists them. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  overview: {
    summary: "the last 30 days in one screen (this is what rolecall alone shows)",
    load: () => load(import("./overview.ts")),
  },
  spend: { summary: "exact spend by model, day, project, agent, …", load: () => load(import("./spend.ts")) },
  sessions: {
    summary: "the sessions: when, where, on what, at what cost",
    load: () => load(import("./sessions.ts")),
  },
  session: {
    summary: "one session as a timeline, with how each task ended and why",
    positionals: "<id>",
    load: () => load(import("./session.ts")),
  },
  blocks: {
    summary: "five-hour windows with burn rate and projection",
    load: () => load(import("./blocks.ts")),
  },
  agents: {
    summary: "agent types: declared against served models, cost, outcomes",
    load: () => load(import("./agents.ts")),
  },
  fallbacks: {
    summary: "how often a tier was not enough, and why models were switched",
    load: () => load(import("./fallbacks.ts")),
  },
  savings: {
    summary: "what always-Opus and other rules would have cost",
    load: () => load(import("./savings.ts")),
  },
  why: {
    summary: "Show why it costs that, and what would save most",
    positionals: "[what]",
    load: () => load(import("./why.ts")),
  },
  patterns: {
    summary: "habits that waste money, and where they were seen",
    load: () => load(import("./patterns.ts")),
  },
  recommend: {
    summary: "what to change, best first: evidence, dollars, confidence; --apply follows it",
    load: () => load(import("./recommend.ts")),
  },
  replay: {
    summary: "Run past tasks again on another model, with your check",
    positionals: "<role>",
    load: () => load(import("./replay.ts")),
  },
  impact: {
    summary: "what became of the advice that was applied",
    load: () => load(import("./impact.ts")),
  },
  outcome: {
    summary: "say how a task really went: good or bad",
    positionals: "<task> <verdict>",
    load: () => load(import("./outcome.ts")),
  },
  hook: {
    summary: "Answer a hook of Claude Code: price of a cold cache",
    positionals: "<event>",
    load: () => load(import("./hook.ts")),
  },
  init: {
    summary: "Set up a policy, agents and settings for this repository",
    load: () => load(import("./init.ts")),
  },
  plan: {
    summary: "Show what would change to make Claude Code obey the policy",
    load: () => load(import("./plan.ts")),
  },
  apply: {
    summary: "Write the agents and settings that the policy wants",
    load: () => load(import("./apply.ts")),
  },
  check: {
    summary: "Exit with 1 if files and policy are out of sync",
    load: () => load(import("./check.ts")),
  },
  undo: {
    summary: "Revert the last init, adopt or apply",
    load: () => load(import("./undo.ts")),
  },
  adopt: {
    summary: "Bring existing agents under the policy",
    positionals: "[names..]",
    load: () => load(import("./adopt.ts")),
  },
  explain: {
    summary: "which model and effort an agent, a role or main will run on, and why",
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
    summary: "send a prompt to the cheapest model that manages; talks to the network",
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
    summary: "how runs and cascades went: success, fallbacks, savings, breakers",
    load: () => load(import("./telemetry.ts")),
  },
  models: {
    summary: "the model catalogue: prices on a day, aliases, effort",
    positionals: "[id]",
    load: () => load(import("./models.ts")),
  },
  sql: {
    summary: "Query requests, tasks, sessions and switches with SQL",
    positionals: "<query>",
    load: () => load(import("./sql.ts")),
  },
  forget: {
    summary: "delete what is kept of sessions; nothing else ever does",
    load: () => load(import("./forget.ts")),
  },
};
