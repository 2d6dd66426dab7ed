import type { DecisionSource } from "./types.ts";

/** A source before it is known which decides. */
export interface SourceCandidate {
  source: DecisionSource["source"];
  value: string | undefined;
  where: string;
  /** Whether it has a say, where that is not the same as having a value. */
  says?: boolean;
}

/** The first candidate with a say, and all of them as the answer shows them. */
export function decide(
  of: DecisionSource["of"],
  candidates: readonly SourceCandidate[],
): { deciding: SourceCandidate | undefined; sources: DecisionSource[] } {
  const deciding = candidates.find(({ value, says }) => says ?? value !== undefined);
  const sources = candidates.map((candidate): DecisionSource => {
    const { source, value = null, where } = candidate;
    return { of, source, value, decides: candidate === deciding, where };
  });
  return { deciding, sources };
}
