import type { Evidence, Outcome } from "../../domain/task.ts";
import { isAccepted } from "./accepted.ts";
import type { Candidate } from "./candidate.ts";
import { isEscalated } from "./escalated.ts";
import { isFailed } from "./failed.ts";
import { isInterrupted } from "./interrupted.ts";
import { isReworked } from "./reworked.ts";

/** Reads one outcome out of a task: what it rests on, or nothing where it does not hold. */
type OutcomeRule = (task: Candidate) => Evidence[];

/** In the order of docs/definitions.md: the first that holds is the outcome. */
const RULES: readonly (readonly [Outcome, OutcomeRule])[] = [
  ["escalated", isEscalated],
  ["failed", isFailed],
  ["interrupted", isInterrupted],
  ["reworked", isReworked],
  ["accepted", isAccepted],
];

/** How a task ended, with the entries that say so; the evidence for later outcomes is kept behind it. */
export function judge(task: Candidate): { outcome: Outcome; evidence: Evidence[] } {
  const held = RULES.map(([outcome, rule]) => ({ outcome, evidence: rule(task) })).filter(
    ({ evidence }) => evidence.length > 0,
  );
  // What speaks for a task only explains it where nothing speaks against it.
  const shown = held.length > 1 ? held.filter(({ outcome }) => outcome !== "accepted") : held;
  return { outcome: held[0]?.outcome ?? "unknown", evidence: shown.flatMap(({ evidence }) => evidence) };
}
