import { UsageError } from "../../errors.ts";
import { readLog } from "../../hooks/log.ts";
import { locateHooks } from "../../hooks/places.ts";
import { refreshHooks } from "../../operations/refresh-hooks.ts";
import { adviceLine } from "../../render/hook-advice.ts";
import { hookLogJson, renderHookLog } from "../../render/hook-log.ts";
import { renderAnswer } from "../../render/json.ts";
import { createStyle } from "../../render/style.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";

export default defineCommand({
  options: {
    last: { type: "number", default: 20, requiresArg: true, describe: "Show so many decisions (0: all)" },
    session: { type: "string", requiresArg: true, describe: "Show sessions whose ID starts so" },
    json: { type: "boolean", describe: "Print JSON" },
  },
  examples: [
    ["rolecall explain --hooks", "Show what the hooks decided, and why"],
    ["rolecall hooks refresh", "Count outcomes and end decided trials now"],
  ],
  async run(args, io) {
    const { env, cwd, now } = io;
    const what = args["what"] ?? "log";
    if (what === "refresh") {
      await refreshHooks({ cwd, env, now, adviceOf: adviceLine });
      return EXIT.ok;
    }
    if (what !== "log")
      throw new UsageError(`hooks: unknown action ${JSON.stringify(what)}`, {
        hint: "Expected log or refresh.",
      });
    if (!Number.isInteger(args.last) || args.last < 0)
      throw new UsageError(`--last: invalid number of decisions "${args.last}"`, {
        hint: "Expected a whole number, such as 20, or 0 for all.",
      });
    const { session = "" } = args;
    const entries = readLog(locateHooks(env)).filter((entry) => entry.session.startsWith(session));
    const shown = args.last === 0 ? entries : entries.slice(-args.last);
    const surface = { width: io.columns, style: createStyle(io.color) };
    io.out(
      args.json
        ? renderAnswer("hooks", { total: entries.length, decisions: hookLogJson(shown) })
        : renderHookLog(shown, surface),
    );
    return EXIT.ok;
  },
});
