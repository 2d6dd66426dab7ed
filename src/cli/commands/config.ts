import { readConfigReport } from "../../operations/config.ts";
import { configJson, renderConfig } from "../../render/config.ts";
import { renderAnswer } from "../../render/json.ts";
import { wrapWide } from "../../render/wrap.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { OUTPUT_OPTIONS } from "../options.ts";
import { surfaceOf } from "../report.ts";

export default defineCommand({
  options: { json: OUTPUT_OPTIONS.json, color: OUTPUT_OPTIONS.color },
  examples: [["rolecall config", "Show every value, and the line or default that it comes from"]],
  async run(args, io) {
    const report = await readConfigReport(io.env);
    if (args.json) io.out(renderAnswer("config", configJson(report)));
    else io.out(wrapWide(renderConfig(report, surfaceOf(args, io)), io.columns));
    return EXIT.ok;
  },
});
