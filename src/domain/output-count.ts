/**
 * How far the count of an answer's output can be relied on. Clients from 2.1.9 to 2.1.56 wrote the count that the stream began with and
 * no reason for its end. Clients before them wrote final counts, and their answers show how long the others are.
 */
export type OutputCount = "final" | "final-of-old-client" | "first";

/** Returns what the output count of an answer is, from its client's version and the reason for its end. */
export function countOf({ version, stop }: { version: string; stop: string }): OutputCount {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  if (!parts || compare(parts, LAST) > 0) return "final";
  return compare(parts, FIRST) >= 0 && stop === "" ? "first" : "final-of-old-client";
}

const FIRST = [2, 1, 9];
const LAST = [2, 1, 56];

function compare(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((part, index) => part !== b[index]);
  return place < 0 ? 0 : (a[place] as number) - (b[place] as number);
}
