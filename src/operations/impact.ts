import { measureImpact, type Impact } from "../advice/impact.ts";
import { type Decision, isFollowed, latestDecisions } from "../domain/decision.ts";
import { UsageError } from "../errors.ts";
import { readDecisions } from "../store/decisions.ts";
import { readJudged } from "../history/judged.ts";
import type { OpenedHistory } from "../history/open-history.ts";

export interface ImpactReport {
  /** The latest change first. */
  impacts: readonly Impact[];
  /** Changes that were taken back. */
  takenBack: readonly Decision[];
}

const DAY_MS = 86_400_000;
const BEFORE_DAYS = 60;

/** Returns the time from which on tasks say what became of the advice that was applied; Infinity without any. */
export function impactFrom({ store }: Pick<OpenedHistory, "store">): number {
  const followed = latestDecisions(readDecisions(store)).filter(isFollowed);
  return Math.min(...followed.map(({ at }) => at)) - BEFORE_DAYS * DAY_MS;
}

/** What became of the advice that was applied. */
export function readImpact(history: OpenedHistory, now: number): ImpactReport {
  const decisions = latestDecisions(readDecisions(history.store)).toSorted((a, b) => b.at - a.at);
  const followed = decisions.filter(isFollowed);
  const tasks =
    followed.length === 0
      ? []
      : readJudged(history, { since: impactFrom(history), timezone: "UTC" }).flatMap((one) => one.tasks);
  const options = { now, tolerance: history.policy.tolerance / 100, table: history.models };
  return {
    impacts: followed
      .map((decision) => measureImpact(decision, tasks, options))
      .filter((impact) => impact !== undefined),
    takenBack: decisions.filter(({ step }) => step === "taken-back"),
  };
}

/** The decisions that are followed and named. Throws UsageError for an id that is not followed. */
export function pickFollowed({ store }: OpenedHistory, ids: readonly string[]): Decision[] {
  const followed = latestDecisions(readDecisions(store)).filter(isFollowed);
  return ids.map((id) => {
    const found = followed.find(({ recommendation }) => recommendation.id === id);
    if (found) return found;
    throw new UsageError(`"${id}" is not applied advice`, {
      hint:
        followed.length > 0
          ? `Applied: ${followed.map((one) => one.recommendation.id).join(", ")}.`
          : "rolecall recommend --apply ID applies it.",
    });
  });
}
