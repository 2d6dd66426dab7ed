import { hasConflicts } from "../../agents/change.ts";
import { applyPlan, hasWork, loadPlan } from "../../agents/load-plan.ts";
import { planJson, renderApplied, renderPlan } from "../../render/changes.ts";
import { renderAnswer } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import { askToWrite } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { endTrialsBefore } from "../follow.ts";
import { asWriter } from "../writer.ts";

const NAMES = { type: "array", string: true } as const;

export default defineCommand({
  options: {
    user: { type: "boolean", describe: "Write to the user's configuration folder instead of this project" },
    local: { type: "boolean", describe: "Write settings.local.json instead of settings.json" },
    keep: { ...NAMES, describe: "Keep your values in conflicts, in the files named or in all" },
    take: { ...NAMES, describe: "Write the policy's values in conflicts" },
    adopt: { ...NAMES, describe: "Put your values of conflicts into the policy" },
    check: { type: "boolean", describe: "Exit with 1 if files and policy are out of sync" },
    "dry-run": { type: "boolean", describe: "Show the plan only" },
    yes: { type: "boolean", describe: "Write the plan without asking" },
    diff: { type: "boolean", describe: "Show every line that changes, in new files too" },
    json: { type: "boolean", describe: "Print JSON" },
  },
  examples: [
    ["rolecall apply", "Write the policy's files, after asking"],
    ["rolecall apply --dry-run", "Show what it would write"],
    ["rolecall apply --check", "Compare files and policy, for CI"],
    ["rolecall apply --keep reviewer", "Keep your edit of reviewer.md"],
  ],
  async run(args, io) {
    const { user, local, keep, take, adopt, diff, json } = args;
    const place = { cwd: io.cwd, env: io.env, user, local };
    const surface = { width: io.columns, style: createStyle(io.color) };
    await endTrialsBefore(args, io);
    return asWriter("apply", place, args, io, async () => {
      const planned = await loadPlan({ ...place, keep, take, adopt });
      if (!json) io.out(renderPlan(planned, surface, { fullDiff: diff }));
      const done = hasConflicts(planned.changes) && !args.dryRun ? EXIT.no : EXIT.ok;
      const declined = hasWork(planned.changes) ? await askToWrite("Write this?", args, io) : done;
      const written = declined === undefined ? applyPlan(planned, io.now()) : [];
      const paths = written.map(({ path }) => path);
      if (json) io.out(renderAnswer("apply", { ...planJson(planned), written: paths }));
      else if (written.length > 0) io.out(renderApplied(written));
      return declined ?? done;
    });
  },
});
