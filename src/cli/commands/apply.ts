import { applyPlan, hasConflicts, hasWork, loadPlan } from "../../agents/load-plan.ts";
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
    user: { type: "boolean", describe: "write to the user's configuration folder instead of this project" },
    local: { type: "boolean", describe: "write settings.local.json instead of settings.json" },
    keep: { ...NAMES, describe: "conflicts: your value stays (in the files named, or in all)" },
    take: { ...NAMES, describe: "conflicts: the policy's value is written" },
    adopt: { ...NAMES, describe: "conflicts: your value goes into the policy" },
    "dry-run": { type: "boolean", describe: "show the plan only" },
    yes: { type: "boolean", describe: "write the plan without asking" },
    diff: { type: "boolean", describe: "show every line that changes, in new files too" },
    json: { type: "boolean", describe: "JSON for programs" },
  },
  examples: [
    ["rolecall apply", "write the policy's files, after asking"],
    ["rolecall apply --keep reviewer", "your edit of reviewer.md stays"],
  ],
  async run(args, io) {
    const { user, local, keep, take, adopt, diff, json } = args;
    const place = { cwd: io.cwd, env: io.env, user, local };
    const surface = { width: io.columns, style: createStyle(io.color) };
    await endTrialsBefore(args, io);
    return asWriter("apply", place, args, io, async () => {
      const planned = await loadPlan({ ...place, keep, take, adopt });
      if (!json) io.out(renderPlan(planned, surface, { fullDiff: diff }));
      const done = hasConflicts(planned.changes) ? EXIT.no : EXIT.ok;
      const declined = hasWork(planned.changes) ? await askToWrite("Write this?", args, io) : done;
      const written = declined === undefined ? applyPlan(planned, io.now()) : [];
      const paths = written.map(({ path }) => path);
      if (json) io.out(renderAnswer("apply", { ...planJson(planned), written: paths }));
      else if (written.length > 0) io.out(renderApplied(written));
      return declined ?? done;
    });
  },
});
