import { hasDrift, loadPlan } from "../../agents/load-plan.ts";
import { planJson, renderPlan } from "../../render/changes.ts";
import { renderAnswer } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";

export default defineCommand({
  options: {
    user: { type: "boolean", describe: "Read the user's configuration folder instead of this project" },
    local: { type: "boolean", describe: "Read settings.local.json instead of settings.json" },
    json: { type: "boolean", describe: "Print JSON" },
  },
  examples: [["rolecall apply --check", "Exit with 1 if files and policy are out of sync"]],
  async run({ user, local, json }, io) {
    const planned = await loadPlan({ cwd: io.cwd, env: io.env, user, local });
    if (json) io.out(renderAnswer("check", planJson(planned)));
    else io.out(renderPlan(planned, { width: io.columns, style: createStyle(io.color) }));
    return hasDrift(planned.changes) ? EXIT.no : EXIT.ok;
  },
});
