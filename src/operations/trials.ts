import type { Recommendation } from "../domain/recommendation.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { readAdviceLog } from "./advice-log.ts";
import { keepAdvice, planRevert, writeRevert } from "./apply-advice.ts";
import { measureFollowed } from "./impact.ts";

/** A trial that ended, and what was done. */
export interface EndedTrial {
  recommendation: Recommendation;
  verdict: "kept" | "reverted";
  why: string;
}

/** Ends every trial that is due at the place of a history: keeps or reverts what was tried. */
export function endTrials(history: OpenedHistory, now: number): EndedTrial[] {
  const due = dueTrials(history, now);
  if (due.length === 0) return [];
  const log = readAdviceLog(history.place);
  return due.flatMap(({ decision, trial }): EndedTrial[] => {
    const { recommendation } = decision;
    const logged = log.find((one) => one.decision.recommendation.id === recommendation.id);
    if (!logged || !trial) return [];
    const keeps = trial.verdict === "keep";
    if (keeps) keepAdvice(logged, now, trial.why);
    else writeRevert(planRevert(logged), now, trial.why);
    return [{ recommendation, verdict: keeps ? "kept" : "reverted", why: trial.why }];
  });
}

/** Counts the trials that the next `recommend`, `impact` or `apply` ends. */
export function countDueTrials(history: OpenedHistory, now: number): number {
  return dueTrials(history, now).length;
}

function dueTrials(history: OpenedHistory, now: number) {
  return measureFollowed(history, now).filter(({ trial }) => trial && trial.verdict !== "running");
}
