import { hasErrors, runDoctor } from "../../doctor/doctor.ts";
import { doctorJson, doctorSarif, renderDoctor } from "../../render/doctor.ts";
import { renderAnswer, renderJson } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { wrapWide } from "../../render/wrap.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { VERSION } from "../version.ts";
import { asWriter } from "../writer.ts";

export default defineCommand({
  options: {
    fix: { type: "boolean", describe: "Make the corrections that are unambiguous" },
    verbose: { type: "boolean", describe: "List every file of a finding" },
    sarif: { type: "boolean", describe: "Print SARIF 2.1.0 for code hosts", conflicts: "json" },
    json: { type: "boolean", describe: "Print JSON" },
    "claude-dir": {
      type: "string",
      requiresArg: true,
      describe: "Read this configuration folder of Claude Code",
    },
  },
  examples: [
    ["rolecall doctor", "Find what keeps Claude Code from following the policy"],
    ["rolecall doctor --sarif > doctor.sarif", "Write a report for code scanning in CI"],
  ],
  async run({ fix, verbose, sarif, json, "claude-dir": claudeDir }, io) {
    const place = { cwd: io.cwd, env: io.env };
    const examine = () => runDoctor({ ...place, claudeDir, fix }, io.now());
    const report = await asWriter("doctor --fix", place, { dryRun: !fix }, io, examine);
    if (sarif) io.out(renderJson(doctorSarif(report, VERSION)));
    else if (json) io.out(renderAnswer("doctor", doctorJson(report)));
    else {
      const surface = { width: io.columns, style: createStyle(io.color) };
      io.out(wrapWide(renderDoctor(report, surface, { verbose }), io.columns));
    }
    return hasErrors(report) ? EXIT.no : EXIT.ok;
  },
});
