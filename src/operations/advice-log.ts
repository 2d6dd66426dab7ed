import type { Target } from "../agents/change.ts";
import { readAdviceEntries, type StoredEntry } from "../agents/journal.ts";
import { type AgentPlace, locateFolders } from "../agents/locate.ts";
import { type Decision, isFollowed } from "../domain/decision.ts";
import { expectOneOf } from "../domain/nearest.ts";
import { UsageError } from "../errors.ts";

/** Advice as the journal of a repository or of the user's folder has it. */
export interface LoggedAdvice {
  target: Target;
  /** The entry that applied it. */
  stored: StoredEntry;
  decision: Decision;
}

/** Reads the advice that was applied at a place and in the user's folder: the latest record of each. */
export function readAdviceLog(place: AgentPlace): LoggedAdvice[] {
  const latest = locateFolders(place).flatMap((target) => [...logOf(target).values()]);
  return latest.toSorted((a, b) => b.decision.at - a.decision.at);
}

function logOf(target: Target): Map<string, LoggedAdvice> {
  const log = new Map<string, LoggedAdvice>();
  for (const stored of readAdviceEntries(target)) {
    const { advice, at } = stored.entry;
    if (!advice) continue;
    const { step, recommendation, why, kept } = advice;
    const reason = kept?.why ?? why;
    const decision: Decision = {
      step: kept ? "kept" : step,
      at: Date.parse(at),
      recommendation,
      ...(reason !== undefined && { why: reason }),
    };
    const applied = step === "applied" ? stored : (log.get(recommendation.id)?.stored ?? stored);
    log.set(recommendation.id, { target, stored: applied, decision });
  }
  return log;
}

/** Returns the advice that is in force and named. Throws UsageError for an ID that is not. */
export function pickFollowed(place: AgentPlace, ids: readonly string[]): LoggedAdvice[] {
  const followed = readAdviceLog(place).filter(({ decision }) => isFollowed(decision));
  return ids.map((id) => {
    const found = followed.find(({ decision }) => decision.recommendation.id === id);
    if (found) return found;
    throw new UsageError(`impact: advice that is not in force "${id}"`, {
      hint:
        followed.length > 0
          ? expectOneOf(
              id,
              followed.map(({ decision }) => decision.recommendation.id),
            )
          : "Try rolecall recommend --apply ID first.",
    });
  });
}
