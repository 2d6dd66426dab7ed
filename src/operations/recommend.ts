import { recommend, type Advice } from "../advice/recommend.ts";
import { type Decision, isFollowed, latestDecisions } from "../domain/decision.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { isFamily } from "../domain/model.ts";
import type { Policy } from "../domain/policy.ts";
import type { Period } from "../domain/period.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import { UsageError } from "../errors.ts";
import { TIER_MODELS } from "../models/catalogue.ts";
import { readDecisions, writeDecisions } from "../store/decisions.ts";
import { type ImpactReport, readImpact } from "./impact.ts";
import { readJudged } from "../history/judged.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import type { Filters } from "../history/filters.ts";

/** What `recommend` shows. */
export interface AdviceReport extends Advice {
  /** What the period's tasks cost. */
  spentNano: number;
  tasks: number;
  /** Advice that is being followed, on trial or just applied: what came of it so far. */
  following: ImpactReport["impacts"];
  /** Dismissed, and nothing has changed since. */
  dismissed: number;
}

/** Advice from the tasks of a period, without what is already followed or was dismissed. */
export function readAdvice(
  history: OpenedHistory,
  period: Period,
  now: number,
  filters: Filters = {},
): AdviceReport {
  const tasks = readJudged(history, period, filters).flatMap((analysis) => analysis.tasks);
  // What was undone since is open again.
  const decisions = latestDecisions(readDecisions(history.store)).filter(
    (decision) => !isFollowed(decision) || isInForce(decision.recommendation, history.policy),
  );
  const followed = new Set(
    decisions.filter(isFollowed).map(({ recommendation }) => recommendation.subject.role),
  );
  const until = Math.min(period.until ?? now, now);
  const advice = recommend(
    tasks,
    history.policy,
    { since: period.since ?? 0, until },
    {
      table: history.models,
      advised: new Set([...followed].filter((role) => role !== null)),
      ignored: (recommendation) => isHandled(recommendation, decisions, tasks),
    },
  );
  const spentNano = tasks.reduce((sum, task) => sum + task.costNano, 0);
  return {
    ...advice,
    spentNano,
    tasks: tasks.length,
    following: readImpact(history, now).impacts.filter(({ decision }) =>
      isInForce(decision.recommendation, history.policy),
    ),
    dismissed: advice.ignored,
  };
}

/** The recommendations that are named, or all that may be bet on. Throws UsageError for an id that there is none of. */
export function pickRecommendations({ recommendations }: Advice, ids: readonly string[]): Recommendation[] {
  return ids.flatMap((id) => {
    if (id === "all-act") return recommendations.filter(({ confidence }) => confidence === "act");
    const found = recommendations.find((one) => one.id === id);
    if (found) return [found];
    throw new UsageError(`unknown recommendation "${id}"`, {
      hint:
        recommendations.length > 0
          ? `There are: ${recommendations.map((one) => one.id).join(", ")}.`
          : "rolecall recommend says what there is.",
    });
  });
}

export function dismiss(
  { store }: OpenedHistory,
  recommendations: readonly Recommendation[],
  now: number,
): void {
  writeDecisions(
    store,
    recommendations.map((recommendation) => ({ step: "dismissed", at: now, recommendation })),
  );
}

/** Whether the policy says what the recommendation proposed. */
function isInForce({ subject, proposed }: Recommendation, policy: Policy): boolean {
  if (!proposed) return true;
  const written = subject.role === "main" ? policy.main : policy.roles.get(subject.role ?? "");
  if (!written) return false;
  const model = isFamily(written.model) ? TIER_MODELS[written.model] : written.model;
  return model === proposed.model && (!proposed.effort || written.effort === proposed.effort);
}

/** A role is left alone after a change until it has run so often. */
const SETTLED = 20;

function isHandled(
  found: Recommendation,
  decisions: readonly Decision[],
  tasks: readonly JudgedTask[],
): boolean {
  return decisions.some((decision) => {
    const { recommendation, at } = decision;
    if (!isFollowed(decision)) return recommendation.id === found.id && !hasNews(decision, found);
    if (recommendation.subject.role !== found.subject.role) return false;
    if (recommendation.id === found.id) return true;
    const since = tasks.filter((task) => task.role === found.subject.role && task.startedAt >= at);
    return recommendation.proposed !== null && found.proposed !== null && since.length < SETTLED;
  });
}

/**
 * Whether the evidence changed since: another confidence, half as much again to gain, or the other side seen more. What was
 * taken back has been seen on the other side: that is why.
 */
function hasNews({ step, recommendation: before }: Decision, now: Recommendation): boolean {
  return (
    before.confidence !== now.confidence ||
    now.savingsUsdPerMonth.mid > 1.5 * before.savingsUsdPerMonth.mid ||
    (step === "dismissed" && now.evidence.proposed.known >= before.evidence.proposed.known + SETTLED)
  );
}
