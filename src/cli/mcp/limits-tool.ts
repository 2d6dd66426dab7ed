import { readLimits } from "../../operations/limits.ts";
import { limitsJson } from "../../render/limits.ts";
import { timezoneFrom } from "../options.ts";
import { commandLine } from "./command-line.ts";
import type { McpTool } from "./tool.ts";

export const limitsTool: McpTool = {
  name: "limits",
  title: "Limits",
  description:
    "How much of the five-hour and weekly limits of the plan is used now, for each account, and when a limit is reached at this rate.",
  properties: {},
  async answer(_args, { io, read, source }) {
    const timezone = timezoneFrom({}, io);
    const fields = await read("spend", 0, (history) => ({
      ...(history.notices.length > 0 && { notices: history.notices }),
      ...limitsJson(readLimits(history, { timezone, now: io.now() }), undefined),
    }));
    return { fields, command: commandLine("limits", source) };
  },
};
