import { loadAdoption } from "../../operations/adopt.ts";
import { applyPlan, hasConflicts, hasWork } from "../../agents/load-plan.ts";
import { adoptionJson, renderAdoptions } from "../../render/adoption.ts";
import { renderApplied, renderPlan } from "../../render/changes.ts";
import { renderAnswer } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import { askToWrite } from "../confirm.ts";
import { EXIT } from "../exit.ts";

export default defineCommand({
  options: {
    user: { type: "boolean", describe: "the agents of the user's configuration folder" },
    local: { type: "boolean", describe: "settings.local.json instead of settings.json" },
    role: { type: "string", describe: "the role of the agents named" },
    plugins: { type: "boolean", describe: "copy plugins' agents, so that the copies can be routed" },
    "dry-run": { type: "boolean", describe: "only show" },
    yes: { type: "boolean", describe: "do not ask" },
    diff: { type: "boolean", describe: "every line that changes" },
    json: { type: "boolean", describe: "for programs" },
  },
  examples: [
    ["rolecall adopt", "give every existing agent a role, and the role's model and effort"],
    ["rolecall adopt python-pro --role implementer", "say which role an agent serves"],
  ],
  async run(args, io) {
    const { user, local, role, plugins, json } = args;
    const names = ((args["names"] ?? []) as unknown[]).map(String);
    const plan = await loadAdoption({
      cwd: io.cwd,
      env: io.env,
      user,
      local,
      names,
      role,
      copyPlugins: plugins,
    });
    const surface = { width: io.columns, style: createStyle(io.color) };
    if (!json)
      io.out(`${renderAdoptions(plan, surface)}\n${renderPlan(plan, surface, { fullDiff: args.diff })}`);
    const done = hasConflicts(plan.changes) ? EXIT.no : EXIT.ok;
    const declined = hasWork(plan.changes) ? await askToWrite("Write this?", args, io) : done;
    const written = declined === undefined ? applyPlan(plan, io.now()) : [];
    if (json)
      io.out(renderAnswer("adopt", { ...adoptionJson(plan), written: written.map(({ path }) => path) }));
    else if (written.length > 0) io.out(renderApplied(written));
    return declined ?? done;
  },
});
