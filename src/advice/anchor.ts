import type { Decision } from "../domain/decision.ts";
import type { Outcomes } from "./belief.ts";

/** The assignment before the first of several steps and its outcomes: the tolerance holds for all of them together. */
export function anchorOf(
  { agent, category }: { agent: string | null; category: string | null },
  decisions: readonly Decision[],
  until = Infinity,
): Outcomes | undefined {
  const first = decisions
    .filter(({ step, at }) => step === "kept" && at < until)
    .map(({ at, recommendation }) => ({ at, recommendation }))
    .filter(({ recommendation: { subject } }) => subject.agent === agent && subject.category === category)
    .toSorted((a, b) => a.at - b.at)
    .find(({ recommendation }) => recommendation.current !== null)?.recommendation;
  return first?.current ? { at: first.current, votes: first.evidence.current } : undefined;
}
