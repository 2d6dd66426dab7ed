import { PRESETS } from "../../domain/policy.ts";
import { loadInit, readFindings } from "../../operations/init.ts";
import { applyPlan, hasConflicts, hasWork } from "../../agents/load-plan.ts";
import { renderAdoptions } from "../../render/adoption.ts";
import { planJson, renderApplied, renderPlan } from "../../render/changes.ts";
import { renderFindings } from "../../render/findings.ts";
import { renderAnswer } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import { askToWrite } from "../confirm.ts";
import { EXIT } from "../exit.ts";
import { askInit } from "../init-questions.ts";

export default defineCommand({
  options: {
    user: { type: "boolean", describe: "for every project of this user, in the configuration folder" },
    local: { type: "boolean", describe: "settings.local.json instead of settings.json" },
    preset: { choices: PRESETS, describe: "the rules to start from, instead of a question" },
    "dry-run": { type: "boolean", describe: "only show" },
    yes: { type: "boolean", describe: "take every default and do not ask" },
    diff: { type: "boolean", describe: "every line of every file" },
    json: { type: "boolean", describe: "for programs" },
  },
  examples: [["rolecall init --yes", "a policy, an agent for each role, settings and a workflow in one go"]],
  async run(args, io) {
    const { user, local, json, diff } = args;
    const place = { cwd: io.cwd, env: io.env, user, local };
    const surface = { width: io.columns, style: createStyle(io.color) };
    const findings = await readFindings(place);
    if (!json) io.out(renderFindings(findings));
    const answers = await askInit(findings, args.yes || json ? { ...io, ask: undefined } : io, args);
    const plan = await loadInit(place, findings, answers);
    if (!json && answers.adopt && findings.adoptable.length > 0)
      io.out(`${renderAdoptions(plan, surface)}\n`);
    if (!json) io.out(renderPlan(plan, surface, { fullDiff: diff }));
    const done = hasConflicts(plan.changes) ? EXIT.no : EXIT.ok;
    const declined = hasWork(plan.changes) ? await askToWrite("Write this?", args, io) : done;
    const written = declined === undefined ? applyPlan(plan, io.now()) : [];
    if (json) io.out(renderAnswer("init", { ...planJson(plan), written: written.map(({ path }) => path) }));
    else if (written.length > 0) io.out(renderApplied(written));
    return declined ?? done;
  },
});
