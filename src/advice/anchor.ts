import type { Decision } from "../domain/decision.ts";
import type { Count } from "./statistics/rates.ts";

/** The outcomes before the first of several steps: the tolerance holds for all of them together. */
export function anchorOf(
  { agent, category }: { agent: string | null; category: string | null },
  decisions: readonly Decision[],
  until = Infinity,
): Count | undefined {
  return decisions
    .filter(
      ({ step, at, recommendation }) => step === "kept" && at < until && recommendation.current !== null,
    )
    .filter(({ recommendation: { subject } }) => subject.agent === agent && subject.category === category)
    .toSorted((a, b) => a.at - b.at)[0]?.recommendation.evidence.current;
}
