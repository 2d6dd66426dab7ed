import type { Source } from "./types.ts";

/** A source before it is known which decides. */
export interface Candidate {
  source: Source["source"];
  value: string | undefined;
  where: string;
  /** Whether it has a say, where that is not the same as having a value. */
  says?: boolean;
}

/** The first candidate with a say, and all of them as the answer shows them. */
export function decide(
  of: Source["of"],
  candidates: readonly Candidate[],
): { deciding: Candidate | undefined; sources: Source[] } {
  const deciding = candidates.find(({ value, says }) => says ?? value !== undefined);
  const sources = candidates.map((candidate): Source => {
    const { source, value = null, where } = candidate;
    return { of, source, value, decides: candidate === deciding, where };
  });
  return { deciding, sources };
}
