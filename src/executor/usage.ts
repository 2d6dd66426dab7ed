import { NO_USAGE, promptTokens, type Usage } from "../domain/usage.ts";

/** English needs 4 and more bytes of UTF-8 for a token, dense code and other scripts about 3: two is an upper guess. */
export const BYTES_PER_TOKEN = 2;

/** The size of a request, as far as it is known without its usage. */
export interface RequestSize {
  /** Tokens of the prompt, counted or guessed. */
  prompt: number;
  /** Bytes that the model wrote. */
  writtenBytes: number;
  /** Most tokens of the answer. */
  maxTokens: number;
}

/**
 * Completes the usage that a backend reports: missing, negative and invalid counts are estimated, and so is zero where
 * something was sent or written. A cost is then never NaN, and never $0 for an answer with text.
 */
export function completeUsage(
  reported: Partial<Usage>,
  { prompt, writtenBytes, maxTokens }: RequestSize,
): { usage: Usage; estimated: boolean } {
  const usage = { ...NO_USAGE };
  for (const kind of Object.keys(usage) as (keyof Usage)[]) usage[kind] = tokenCount(reported[kind]) ?? 0;
  const noPrompt = promptTokens(usage) === 0 || tokenCount(reported.input) === undefined;
  const noOutput = usage.output === 0 && (writtenBytes > 0 || tokenCount(reported.output) === undefined);
  if (noPrompt) usage.input = Math.max(0, prompt - promptTokens(usage));
  if (noOutput) usage.output = guessOutput(writtenBytes, maxTokens);
  return { usage, estimated: noPrompt || noOutput };
}

/** Guesses the tokens of what a model wrote: two bytes each, and at most its token limit. */
export function guessOutput(writtenBytes: number, maxTokens: number): number {
  return Math.min(maxTokens, Math.ceil(writtenBytes / BYTES_PER_TOKEN));
}

/** No request has as many tokens. */
const TOO_MANY = 1e9;

/** Reads a count as backends write it; undefined if it is not a number of tokens. Some write numbers as text. */
export function tokenCount(value: unknown): number | undefined {
  const count = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof count === "number" && count >= 0 && count < TOO_MANY ? count : undefined;
}
