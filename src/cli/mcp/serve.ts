import { finished } from "node:stream/promises";
import {
  type CallToolResult,
  fromJsonSchema,
  type JsonSchemaValidator,
  type jsonSchemaValidator,
  McpServer,
} from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { messageOf, RolecallError } from "../../errors.ts";
import { plainText } from "../../render/text.ts";
import { problemLines } from "../failure.ts";
import { VERSION } from "../version.ts";
import { checkArgs } from "./check-args.ts";
import { fitAnswer } from "./fit.ts";
import type { McpTool, McpWorld } from "./tool.ts";
import { MCP_TOOLS } from "./tools.ts";

const INSTRUCTIONS =
  "Reports on what Claude Code cost on this machine, how its tasks ended, and which model each agent should run on. All tools only read. Amounts are API-equivalent dollars at list price. Each answer names in `more` the command that shows all of it.";

/** Serves the tools on stdin and stdout until the client closes stdin or `signal` aborts. */
export async function serveMcp(world: McpWorld, signal: AbortSignal): Promise<void> {
  const inTurn = createQueue();
  const handle = serveStdio(
    () => {
      const server = new McpServer(
        { name: "rolecall", title: "rolecall", version: VERSION },
        { instructions: INSTRUCTIONS },
      );
      for (const tool of MCP_TOOLS)
        server.registerTool(tool.name, configOf(tool), (args) => inTurn(() => call(tool, args, world)));
      return server;
    },
    { onerror: (error) => world.io.err(`rolecall mcp: ${plainText(messageOf(error))}\n`) },
  );
  try {
    await finished(process.stdin, { writable: false, signal });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    await handle.close();
  }
}

/** Lets every input through: `checkArgs` says more clearly what is wrong. */
const UNCHECKED: jsonSchemaValidator = {
  getValidator<T>(): JsonSchemaValidator<T> {
    return (input) => ({ valid: true, data: input as T, errorMessage: undefined });
  },
};

function configOf({ title, description, properties, required = [] }: McpTool) {
  return {
    title,
    description,
    inputSchema: fromJsonSchema(
      {
        type: "object" as const,
        properties: { ...properties },
        required: [...required],
        additionalProperties: false,
      },
      UNCHECKED,
    ),
    annotations: { readOnlyHint: true, openWorldHint: false },
  };
}

async function call(tool: McpTool, args: unknown, world: McpWorld): Promise<CallToolResult> {
  try {
    const answer = fitAnswer(await tool.answer(checkArgs(tool, args), world));
    return { structuredContent: answer, content: [{ type: "text", text: JSON.stringify(answer) }] };
  } catch (thrown) {
    return { isError: true, content: [{ type: "text", text: complaint(thrown, world) }] };
  }
}

/** Says what is wrong and what to do. The stack of a bug goes to stderr, where the client keeps a log of it. */
function complaint(thrown: unknown, { io }: McpWorld): string {
  if (thrown instanceof RolecallError)
    return problemLines(thrown)
      .map((line) => line.replace(/^--/, ""))
      .join("\n");
  io.err(`rolecall mcp: this is a bug: ${thrown instanceof Error ? thrown.stack : messageOf(thrown)}\n`);
  return `this is a bug of rolecall: ${plainText(messageOf(thrown))}`;
}

/** Runs works one after the other: two that write the store in one process would wait for each other's lock. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}
