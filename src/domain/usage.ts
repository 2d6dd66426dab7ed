/** Token counts of one request, or the sum over many. Thinking is a part of output, not added to it. */
export interface Tokens {
  /** Tokens of the prompt that were neither read from the cache nor written to it. */
  input: number;
  /** Tokens of the answer, thinking included. */
  output: number;
  /** Tokens of thinking: a part of `output`. */
  thinking: number;
  /** Tokens written to the cache for five minutes. */
  cacheWrite5m: number;
  /** Tokens written to the cache for an hour. */
  cacheWrite1h: number;
  /** Tokens read from the cache. */
  cacheRead: number;
}

/** The consumption of one request. */
export interface Usage extends Tokens {
  /** Number of web searches that the API made. */
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

/** Adds usage to a sum. */
export function addUsage(sum: Usage, usage: Usage): void {
  sum.input += usage.input;
  sum.output += usage.output;
  sum.thinking += usage.thinking;
  sum.cacheWrite5m += usage.cacheWrite5m;
  sum.cacheWrite1h += usage.cacheWrite1h;
  sum.cacheRead += usage.cacheRead;
  sum.webSearches += usage.webSearches;
}

/** The whole prompt of a request in tokens: fresh input, cache reads and cache writes. */
export function promptTokens(usage: Tokens): number {
  return usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
}

/** Returns the highest of some ascending borders that a prompt is longer than; 0 when it is longer than none. Tokens. */
export function borderBelow(prompt: number, borders: readonly number[]): number {
  return borders.findLast((border) => prompt > border) ?? 0;
}

/** Every token of a request, whatever its price: prompt and output. */
export function totalTokens(usage: Tokens): number {
  return promptTokens(usage) + usage.output;
}
