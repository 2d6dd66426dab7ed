import { type OpenedHistory, openHistory } from "../../history/open-history.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit.ts";
import { interruptible } from "../interrupt.ts";
import { SOURCE_OPTIONS } from "../options.ts";
import { sourceFrom } from "../report.ts";
import { sourceWords } from "../mcp/command-line.ts";
import type { McpWorld } from "../mcp/tool.ts";

export default defineCommand({
  options: SOURCE_OPTIONS,
  examples: [
    ["rolecall init --mcp", "Register the server with Claude Code"],
    ["claude mcp add rolecall -- rolecall mcp", "Register it by hand"],
  ],
  async run(args, io) {
    const { serveMcp } = await import("../mcp/serve.ts"); // no other command pays for the SDK
    const read: McpWorld["read"] = async (needs, tasksFrom, make) => {
      const options = { ...sourceFrom(args), needs, tasksFrom: () => tasksFrom };
      let history: OpenedHistory = await openHistory(options, io.env, io.cwd);
      try {
        try {
          return await make(history);
        } catch (thrown) {
          history = await history.recover(thrown);
          return await make(history);
        }
      } finally {
        history.close();
      }
    };
    await interruptible((signal) => serveMcp({ io, read, source: sourceWords(args) }, signal));
    return EXIT.ok;
  },
});
