import { type Effort, EFFORTS, isEffort } from "../domain/model.ts";
import { expectOneOf } from "../domain/nearest.ts";
import { UsageError } from "../errors.ts";
import { resolveWorkspace } from "../history/workspace.ts";
import { openStore } from "../store/open.ts";

/** Throws UsageError for a limit that is not an amount of dollars. */
export function checkUsd(option: string, usd: number | undefined): void {
  if (usd !== undefined && !(usd >= 0))
    throw new UsageError(`${option}: invalid amount`, { hint: "Expected dollars. Try 0.50." });
}

/** Throws UsageError for a limit of an answer that is not a number of tokens. */
export function checkMaxTokens(tokens: number | undefined): void {
  if (tokens !== undefined && !(Number.isInteger(tokens) && tokens >= 1))
    throw new UsageError("--max-tokens: invalid number of tokens", {
      hint: "Expected a whole number. Try 4000.",
    });
}

/** Returns the effort of a word. Throws UsageError if it is not one. */
export function effortOf(text: string | undefined): Effort | undefined {
  if (text === undefined || isEffort(text)) return text;
  throw new UsageError(`--effort: invalid effort "${text}"`, { hint: expectOneOf(text, EFFORTS) });
}

/** Returns how to sign in. Throws UsageError if the environment says nothing about it. */
export function credentials(env: NodeJS.ProcessEnv): {
  apiKey?: string;
  authToken?: string;
  baseUrl?: string;
} {
  const { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_AUTH_TOKEN: authToken, ANTHROPIC_BASE_URL: baseUrl } = env;
  if (!apiKey && !authToken)
    throw new UsageError("ANTHROPIC_API_KEY: not set", {
      hint: "Expected an API key in it. Try ANTHROPIC_BASE_URL for another endpoint.",
    });
  return { ...(apiKey && { apiKey }), ...(authToken && { authToken }), ...(baseUrl && { baseUrl }) };
}

/** Opens the store that `--db` names, otherwise the usual one. */
export function openStoreAt(db: string | undefined, env: NodeJS.ProcessEnv): ReturnType<typeof openStore> {
  return openStore(resolveWorkspace(db === undefined ? {} : { db }, env).dbFile);
}
