/** Token counts of one request, or the sum over many. Thinking is a part of output, not added to it. */
export interface Tokens {
  input: number;
  output: number;
  thinking: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
}

/** What one request consumed. */
export interface Usage extends Tokens {
  webSearches: number;
}

export const NO_USAGE: Readonly<Usage> = {
  input: 0,
  output: 0,
  thinking: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheRead: 0,
  webSearches: 0,
};

/** The whole prompt of a request in tokens: fresh input, cache reads and cache writes. */
export function promptTokens(usage: Tokens): number {
  return usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
}

/** Above this a prompt may have a price of its own (Haiku 5.5; models/catalogue.ts). */
export const LONG_PROMPT = 100_000;

export function isLongPrompt(usage: Tokens): boolean {
  return promptTokens(usage) > LONG_PROMPT;
}

/** Every token of a request, whatever its price: prompt and output. */
export function totalTokens(usage: Tokens): number {
  return promptTokens(usage) + usage.output;
}
