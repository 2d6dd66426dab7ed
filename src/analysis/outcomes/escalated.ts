import { type Tier, tierRank } from "../../domain/model.ts";
import type { Evidence } from "../../domain/task.ts";
import type { Candidate } from "./candidate.ts";
import { promptSays } from "./evidence.ts";
import { asksAgain, givenOutAgain, isCorrection } from "./same-work.ts";

/** Changes of model that the user made; a fallback or opusplan going up says nothing about the work. */
const CHOSEN = new Set(["command", "resume", "unexplained"]);

/** The same work was taken up again on a higher tier. */
export function isEscalated(task: Candidate): Evidence[] {
  return task.kind === "turn" ? turnTakenUp(task) : runGivenOut(task);
}

function turnTakenUp(task: Candidate): Evidence[] {
  const { next } = task;
  if (!next || !isAbove(next.startTier, task.finalTier)) return [];
  if (!CHOSEN.has(task.nextCause ?? "")) return [];
  if (!asksAgain(task, next) && !isCorrection(next.draft.prompt)) return [];
  return [
    promptSays(next, `the same work again on ${next.startTier}, after ${task.finalTier} (${task.nextCause})`),
  ];
}

function runGivenOut(task: Candidate): Evidence[] {
  const later = givenOutAgain(task);
  if (!later || !isAbove(later.startTier, task.finalTier)) return [];
  return [
    promptSays(later, `a new agent run of the same work on ${later.startTier}, after ${task.finalTier}`),
  ];
}

/** The run that took an escalated task over, if another one did. */
export function takenOverBy(task: Candidate): Candidate | undefined {
  return task.kind === "turn" ? task.next : givenOutAgain(task);
}

function isAbove(tier: Tier | undefined, than: Tier | undefined): boolean {
  return tier !== undefined && than !== undefined && tierRank(tier) > tierRank(than);
}
