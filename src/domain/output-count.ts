/**
 * How far the count of an answer's output can be relied on. Clients from 2.1.9 to 2.1.56 wrote the count that the stream began with and
 * no reason for its end. Clients before them wrote final counts, mostly without such a reason.
 */
export type OutputCount = "final" | "final-of-old-client" | "first";

/** Returns what the output count of an answer is, from its client's version and the reason for its end. */
export function countOf({ version, stop }: { version: string; stop: string }): OutputCount {
  const era = eraOf(version);
  if (era === "before") return "final-of-old-client";
  if (stop === "") return era === "unknown" ? "final" : "first";
  return era === "first-counts" ? "final-of-old-client" : "final";
}

/** Tells whether the thinking of a client's answers is in their lines; later clients keep only its signature. */
export function showsThinking(version: string): boolean {
  const era = eraOf(version);
  return era === "before" || era === "first-counts";
}

type Era = "before" | "first-counts" | "later" | "unknown";

const FIRST = [2, 1, 9];
const LAST = [2, 1, 56];

function eraOf(version: string): Era {
  const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  if (!parts) return "unknown";
  if (compare(parts, FIRST) < 0) return "before";
  return compare(parts, LAST) <= 0 ? "first-counts" : "later";
}

function compare(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((part, index) => part !== b[index]);
  return place < 0 ? 0 : (a[place] as number) - (b[place] as number);
}
