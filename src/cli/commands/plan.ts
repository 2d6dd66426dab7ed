import { hasDrift, loadPlan } from "../../agents/load-plan.ts";
import { renderPlan, planJson } from "../../render/changes.ts";
import { renderAnswer } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";

export default defineCommand({
  options: {
    user: { type: "boolean", describe: "Read the user's configuration folder instead of this project" },
    local: { type: "boolean", describe: "Plan settings.local.json instead of settings.json" },
    diff: { type: "boolean", describe: "Show every line that would change, in new files too" },
    json: { type: "boolean", describe: "Print JSON" },
  },
  examples: [["rolecall apply --dry-run", "Show what apply would write"]],
  async run({ user, local, diff, json }, io) {
    const planned = await loadPlan({ cwd: io.cwd, env: io.env, user, local });
    if (json) io.out(renderAnswer("plan", planJson(planned)));
    else io.out(renderPlan(planned, { width: io.columns, style: createStyle(io.color) }, { fullDiff: diff }));
    if (!json && hasDrift(planned.changes)) io.err("Run rolecall apply to write this.\n");
    return EXIT.ok;
  },
});
