import { loadAdoption } from "../../operations/adopt.ts";
import { hasConflicts } from "../../agents/change.ts";
import { applyPlan } from "../../agents/load-plan.ts";
import { adoptionJson, renderAdoptions } from "../../render/adoption.ts";
import { renderApplied, renderPlan } from "../../render/changes.ts";
import { renderAnswer } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { choicesFrom, switchChoices } from "../choices.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { reviewPlan } from "../review.ts";
import { asWriter } from "../writer.ts";

const NAMES = { type: "array", string: true, requiresArg: true } as const;

export default defineCommand({
  options: {
    user: { type: "boolean", describe: "Work on the agents of the user's configuration folder" },
    local: { type: "boolean", describe: "Write settings.local.json instead of settings.json" },
    role: { type: "string", requiresArg: true, describe: "Give the named agents this role" },
    plugins: { type: "boolean", describe: "Copy plugins' agents, so that the copies can be routed" },
    adopt: { ...NAMES, describe: "Adopt these agents, even if they get more expensive" },
    leave: { ...NAMES, describe: "Leave these agents as they are" },
    "dry-run": { type: "boolean", describe: "Show the plan only" },
    yes: { type: "boolean", describe: "Write the plan without asking" },
    diff: { type: "boolean", describe: "Show every line that changes" },
    json: { type: "boolean", describe: "Print JSON" },
  },
  examples: [
    ["rolecall adopt", "Show each agent's role, model and price, and choose"],
    ["rolecall adopt python-pro --role implementer", "Choose the role of an agent"],
  ],
  async run(args, io) {
    const { user, local, role, plugins, json } = args;
    const names = ((args["names"] ?? []) as unknown[]).map(String);
    const place = { cwd: io.cwd, env: io.env, user, local };
    const surface = { width: io.columns, style: createStyle(io.color) };
    return asWriter("adopt", place, args, io, async () => {
      const { plan, declined } = await reviewPlan(
        choicesFrom(args.adopt, args.leave),
        {
          help: "numbers to switch agents (2 4-6, all, none)",
          change: switchChoices,
          show: async (choices) => {
            const shown = await loadAdoption({ ...place, names, role, choices, copyPlugins: plugins });
            const rest = renderPlan(shown, surface, { fullDiff: args.diff });
            if (!json) io.out(`${renderAdoptions(shown, surface)}\n${rest}`);
            return shown;
          },
        },
        args,
        json ? { ...io, ask: undefined } : io,
      );
      const written = declined === undefined ? applyPlan(plan, io.now()) : [];
      const paths = written.map(({ path }) => path);
      if (json) io.out(renderAnswer("adopt", { ...adoptionJson(plan), written: paths }));
      else if (written.length > 0) io.out(renderApplied(written));
      return declined ?? (hasConflicts(plan.changes) ? EXIT.no : EXIT.ok);
    });
  },
});
