import { PRESETS } from "../../domain/policy.ts";
import { loadInit, placeOfInit, readFindings } from "../../operations/init.ts";
import { hasConflicts } from "../../agents/change.ts";
import { applyPlan } from "../../agents/load-plan.ts";
import { adoptionJson, renderAdoptions } from "../../render/adoption.ts";
import { renderApplied, renderPlan } from "../../render/changes.ts";
import { findingsJson, renderFindings } from "../../render/findings.ts";
import { renderAnswer } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { initParts } from "../init-parts.ts";
import { changeAnswers, firstAnswers, INIT_HELP } from "../init-choices.ts";
import { createProgress } from "../progress.ts";
import { reviewPlan } from "../review.ts";
import { asWriter } from "../writer.ts";

/** Options that belong to setting up a policy. */
const SETS_UP = ["preset", "verify", "roles", "minimal", "adopt", "leave", "local"];
const NAMES = { type: "array", string: true, requiresArg: true } as const;

export default defineCommand({
  options: {
    user: { type: "boolean", describe: "Set up every project of this user, in the configuration folder" },
    local: { type: "boolean", describe: "Write settings.local.json instead of settings.json" },
    preset: { choices: PRESETS, describe: "Start from these rules (default: balanced)" },
    verify: {
      type: "string",
      requiresArg: true,
      describe: "Set the command that agents run before they report",
    },
    roles: { ...NAMES, describe: "Create agents for these roles (all: every role)" },
    minimal: { type: "boolean", describe: "Create no agent", conflicts: "roles" },
    adopt: { ...NAMES, describe: "Adopt these agents, even if they get more expensive" },
    leave: { ...NAMES, describe: "Leave these agents as they are" },
    hooks: {
      type: "boolean",
      describe: "Install only the hooks in Claude Code (--no-hooks: remove)",
      conflicts: SETS_UP,
    },
    statusline: {
      type: "boolean",
      describe: "Install only the status line (--no-statusline: remove)",
      conflicts: SETS_UP,
    },
    mcp: {
      type: "boolean",
      describe: "Register only the MCP server in .mcp.json (--no-mcp: remove)",
      conflicts: SETS_UP,
    },
    "dry-run": { type: "boolean", describe: "Show the plan only" },
    yes: { type: "boolean", describe: "Write the plan without asking" },
    diff: { type: "boolean", describe: "Show every line of every file" },
    json: { type: "boolean", describe: "Print JSON" },
  },
  examples: [
    ["rolecall init", "Show the plan, adjust it, write it"],
    ["rolecall init --yes --minimal", "Write a policy and settings, no new agents"],
    [
      "rolecall init --yes --adopt sql-expert --leave reviewer",
      "Decide about existing agents without a terminal",
    ],
    ["rolecall init --hooks --statusline --mcp", "Let the policy act inside Claude Code"],
  ],
  async run(args, io) {
    if ([args.hooks, args.statusline, args.mcp].some((part) => part !== undefined))
      return initParts(args, io);
    const { user, local, json, diff } = args;
    const place = placeOfInit({ cwd: io.cwd, env: io.env, user, local });
    const surface = { width: io.columns, style: createStyle(io.color) };
    return asWriter("init", place, args, io, async () => {
      const progress = createProgress(io, json ?? false);
      const findings = await readFindings(place, io.now(), progress.show);
      progress.clear();
      const called =
        findings.history && new Map(findings.history.agents.map((agent) => [agent.agent, agent]));
      const { plan, declined } = await reviewPlan(
        firstAnswers(findings, args),
        {
          help: INIT_HELP,
          change: changeAnswers,
          show: async (answers) => {
            const shown = await loadInit(findings, answers);
            if (!json) io.out(renderFindings(findings, answers, surface));
            if (!json && shown.adoptions.length > 0)
              io.out(`Existing agents\n${renderAdoptions(shown, surface, called && { called })}\n`);
            if (!json) io.out(renderPlan(shown, surface, { fullDiff: diff }));
            return shown;
          },
        },
        args,
        json ? { ...io, ask: undefined } : io,
      );
      const written = declined === undefined ? applyPlan(plan, io.now()) : [];
      const paths = written.map(({ path }) => path);
      if (json)
        io.out(renderAnswer("init", { ...findingsJson(findings), ...adoptionJson(plan), written: paths }));
      else if (written.length > 0) io.out(renderApplied(written));
      return declined ?? (hasConflicts(plan.changes) ? EXIT.no : EXIT.ok);
    });
  },
});
