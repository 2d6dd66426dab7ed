import type { Usage } from "../domain/usage.ts";
import type { Tool } from "./sender.ts";

/** Tools that the API itself runs: their results fill the prompt while the model works. Others are run by the caller. */
const RUN_BY_API = /^(?:web_search|web_fetch|code_execution|tool_search|advisor|mcp)/;

/** Tokens that one result of a server tool adds to the prompt, if the tool has no limit of its own. */
const RESULT_TOKENS = 10_000;

/** The API pauses a turn after this many calls of its own tools. */
const CALLS_PER_TURN = 10;

/** Returns the most that server tools can add to a request; `unknown` if they have no limit that money depends on. */
export function boundToolUse(
  tools: readonly Tool[],
  promptTokens: number,
  contextTokens: number,
): Pick<Usage, "cacheWrite5m" | "cacheRead" | "webSearches"> | { unknown: string } {
  const added = { cacheWrite5m: 0, cacheRead: 0, webSearches: 0 };
  let calls = 0;
  for (const tool of tools.filter(isRunByApi)) {
    const limit = tool["max_uses"];
    const isSearch = String(tool["type"]).startsWith("web_search");
    const uses = typeof limit === "number" && limit >= 0 ? limit : isSearch ? undefined : CALLS_PER_TURN;
    if (uses === undefined) return { unknown: `the tool ${tool.name} has no max_uses` };
    if (isSearch) added.webSearches += uses;
    calls += uses;
    added.cacheWrite5m += uses * resultTokens(tool);
  }
  added.cacheWrite5m = Math.min(added.cacheWrite5m, contextTokens);
  // Each call reads again what came before it.
  added.cacheRead = calls * Math.min(promptTokens + added.cacheWrite5m, contextTokens);
  return added;
}

function isRunByApi({ type }: Tool): boolean {
  return typeof type === "string" && RUN_BY_API.test(type);
}

function resultTokens(tool: Tool): number {
  const limit = tool["max_content_tokens"];
  return typeof limit === "number" && limit >= 0 ? limit : RESULT_TOKENS;
}
