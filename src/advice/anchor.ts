import type { Decision } from "../domain/decision.ts";
import { sum } from "../domain/numbers.ts";
import type { Outcomes } from "./belief.ts";

/** The assignment before the first of several steps with its outcomes, and what all of them were forecast to save. */
export interface Anchor extends Outcomes {
  savedUsd: number;
}

/** Returns where the steps of a unit that were kept began: the tolerance holds for all of them together. */
export function anchorOf(
  { agent, category }: { agent: string | null; category: string | null },
  decisions: readonly Decision[],
): Anchor | undefined {
  const kept = decisions
    .filter(({ step }) => step === "kept")
    .toSorted((a, b) => a.at - b.at)
    .map(({ recommendation }) => recommendation)
    .filter(({ subject }) => subject.agent === agent && subject.category === category);
  const first = kept.find(({ current }) => current !== null);
  const savedUsd = sum(kept.map(({ savingsUsdPerMonth }) => savingsUsdPerMonth.mid));
  return first?.current ? { at: first.current, votes: first.evidence.current, savedUsd } : undefined;
}
