import { isDeepStrictEqual } from "node:util";
import { editJson, type Json, jsonAt, parseJsonObject } from "./edit-json.ts";
import { appendItem, removeItem } from "./edit-json-list.ts";

/** The command with which Claude Code starts the MCP server: a program and its arguments. */
export type ServerWords = readonly [program: string, ...args: string[]];

/** The name of the server, and of the entry that lets it start. */
const NAME = "rolecall";
const SERVER = ["mcpServers", NAME];
const ALLOWED = ["enabledMcpjsonServers"];

/** Sets the server in the text of a `.mcp.json`; undefined if that is not safe. Another server of its name stays as it is. */
export function withServer(text: string, [command, ...args]: ServerWords): string | undefined {
  const server = { command, args };
  const found = serverIn(text);
  const stays = isDeepStrictEqual(found, server) || (found !== undefined && !hasOwnServer(text));
  return stays ? text : editJson(text, SERVER, server);
}

/** Removes the server that `withServer` adds; undefined if that is not safe. One with other arguments is the user's and stays. */
export function withoutServer(text: string): string | undefined {
  return hasOwnServer(text) ? editJson(text, SERVER, undefined) : text;
}

/** Returns whether a `.mcp.json` has the server as `withServer` writes it. */
export function hasOwnServer(text: string): boolean {
  const server = serverIn(text);
  const [command, args] = [jsonAt(server, ["command"]), jsonAt(server, ["args"])];
  if (typeof command !== "string" || !Array.isArray(args) || args.at(-1) !== "mcp") return false;
  const bin: unknown = args.length === 2 ? args[0] : undefined;
  return args.length === 1
    ? command === "rolecall"
    : typeof bin === "string" && /[/\\]cli[/\\]bin\.[jt]s$/.test(bin);
}

function serverIn(text: string): Json | undefined {
  return jsonAt(parseJsonObject(text), SERVER);
}

/** Lets Claude Code start the server without asking, in the text of a settings file; undefined if that is not safe. */
export function withServerAllowed(text: string): string | undefined {
  return allowsServer(text) ? text : appendItem(text, ALLOWED, NAME);
}

/** Reverts `withServerAllowed`. */
export function withoutServerAllowed(text: string): string | undefined {
  return removeItem(text, ALLOWED, NAME);
}

/** Returns whether a settings file lets Claude Code start the server without asking. */
export function allowsServer(text: string): boolean {
  const allowed = jsonAt(parseJsonObject(text), ALLOWED);
  return Array.isArray(allowed) && allowed.includes(NAME);
}
