import { hasErrors, runDoctor } from "../../doctor/doctor.ts";
import { doctorJson, doctorSarif, renderDoctor } from "../../render/doctor.ts";
import { renderAnswer, renderJson } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { VERSION } from "../version.ts";

export default defineCommand({
  options: {
    fix: { type: "boolean", describe: "correct what is safe to correct" },
    sarif: { type: "boolean", describe: "SARIF 2.1.0, for code hosts", conflicts: "json" },
    json: { type: "boolean", describe: "for programs" },
    "claude-dir": { type: "string", requiresArg: true, describe: "Claude Code's folder" },
  },
  examples: [
    ["rolecall doctor", "what keeps Claude Code from doing what the policy says"],
    ["rolecall doctor --sarif > doctor.sarif", "for the code scanning of a CI"],
  ],
  async run({ fix, sarif, json, "claude-dir": claudeDir }, io) {
    const report = await runDoctor({ cwd: io.cwd, env: io.env, claudeDir, fix }, io.now());
    if (sarif) io.out(renderJson(doctorSarif(report, VERSION)));
    else if (json) io.out(renderAnswer("doctor", doctorJson(report)));
    else io.out(renderDoctor(report, { width: io.columns, style: createStyle(io.color) }));
    return hasErrors(report) ? EXIT.no : EXIT.ok;
  },
});
