import type { Evidence, Outcome, Strength } from "../../domain/task.ts";
import { isAccepted } from "./accepted.ts";
import type { Candidate } from "./candidate.ts";
import { isEscalated } from "./escalated.ts";
import { endedBadly, endedRed } from "./failed.ts";
import { isInterrupted } from "./interrupted.ts";
import { isReworked } from "./reworked.ts";

/** Reads one outcome out of a task: what it rests on, or nothing where it does not hold. */
type OutcomeRule = (task: Candidate) => Evidence[];

/** In the order of docs/definitions.md: the first that holds is the outcome. Work that the user stops while a check is red has not failed. */
const RULES: readonly (readonly [Outcome, OutcomeRule])[] = [
  ["escalated", isEscalated],
  ["failed", endedBadly],
  ["interrupted", isInterrupted],
  ["failed", endedRed],
  ["reworked", isReworked],
  ["accepted", isAccepted],
];

/** Returns how a task ended, with the entries that say so; the evidence for later outcomes comes behind it. */
export function judge(task: Candidate): { outcome: Outcome; strength: Strength; evidence: Evidence[] } {
  const held = RULES.map(([outcome, rule]) => ({ outcome, evidence: rule(task) })).filter(
    ({ evidence }) => evidence.length > 0,
  );
  const [first] = held;
  if (!first) return { outcome: "unknown", strength: "weak", evidence: [] };
  // What speaks for a task only explains it where nothing speaks against it.
  const shown = held.length > 1 ? held.filter(({ outcome }) => outcome !== "accepted") : held;
  return {
    outcome: first.outcome,
    strength: first.evidence.some(({ weak }) => !weak) ? "strong" : "weak",
    evidence: shown.flatMap(({ evidence }) => evidence),
  };
}
