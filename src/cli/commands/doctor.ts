import { hasErrors, runDoctor } from "../../doctor/doctor.ts";
import { doctorJson, doctorSarif, renderDoctor } from "../../render/doctor.ts";
import { renderAnswer, renderJson } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { VERSION } from "../version.ts";
import { asWriter } from "../writer.ts";

export default defineCommand({
  options: {
    fix: { type: "boolean", describe: "make the corrections that are unambiguous" },
    verbose: { type: "boolean", describe: "list every file of a finding" },
    sarif: { type: "boolean", describe: "SARIF 2.1.0 for code hosts", conflicts: "json" },
    json: { type: "boolean", describe: "JSON for programs" },
    "claude-dir": { type: "string", requiresArg: true, describe: "Claude Code's folder" },
  },
  examples: [
    ["rolecall doctor", "find what keeps Claude Code from following the policy"],
    ["rolecall doctor --sarif > doctor.sarif", "for the code scanning of a CI"],
  ],
  async run({ fix, verbose, sarif, json, "claude-dir": claudeDir }, io) {
    const place = { cwd: io.cwd, env: io.env };
    const examine = () => runDoctor({ ...place, claudeDir, fix }, io.now());
    const report = await asWriter("doctor --fix", place, { dryRun: !fix }, io, examine);
    if (sarif) io.out(renderJson(doctorSarif(report, VERSION)));
    else if (json) io.out(renderAnswer("doctor", doctorJson(report)));
    else io.out(renderDoctor(report, { width: io.columns, style: createStyle(io.color) }, { verbose }));
    return hasErrors(report) ? EXIT.no : EXIT.ok;
  },
});
