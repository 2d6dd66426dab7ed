import { DAY_MS } from "../domain/calendar.ts";
import { existsSync, realpathSync } from "node:fs";
import { sep } from "node:path";
import { type Advice, type AdviceOptions, recommend } from "../advice/recommend.ts";
import type { Impact } from "../advice/impact.ts";
import { locateTarget } from "../agents/locate.ts";
import { type Decision, isFollowed } from "../domain/decision.ts";
import { isAnswered, type JudgedTask } from "../domain/judged-task.ts";
import { sum } from "../domain/numbers.ts";
import type { Period } from "../domain/period.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import { expectOneOf } from "../domain/nearest.ts";
import { UsageError } from "../errors.ts";
import type { Filters } from "../history/filters.ts";
import { readJudged } from "../history/judged.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { rememberJudged } from "../history/judged-answers.ts";
import { listTaskAgents } from "../store/tasks.ts";
import { readDismissed, writeDismissed } from "../store/decisions.ts";
import { replayOutcomes, replaySessions } from "./replay-evidence.ts";
import { readAgentFacts } from "./agent-facts.ts";
import { decisionsAt, evidenceFrom, measureFollowed } from "./impact.ts";

/** The report of `recommend`. */
export interface AdviceReport extends Advice {
  /** Cost of the period's tasks. */
  spentNano: number;
  /** Number of tasks in the period. */
  tasks: number;
  /** The tasks that advice on models rests on, and the time of the first in ms since the epoch; a short period has older ones too. */
  evidence: { tasks: number; since: number };
  /** Advice that is in force here, and what came of it so far. */
  following: readonly Impact[];
  /** Dismissed, and nothing has changed since. */
  dismissed: number;
  /** The projects that the advice is from, if none of it is from the repository that the command runs in. */
  elsewhere: readonly string[];
}

/** Reads advice from the tasks of a period in this repository, without what is in force or was dismissed. */
export function readAdvice(
  history: OpenedHistory,
  period: Period,
  now: number,
  filters: Filters = {},
): AdviceReport {
  const report = rememberAdvice(history, "advice", period, now, filters, () => {
    const { tasks, inPeriod, elsewhere, span, options } = adviceInputs(history, period, now, filters);
    const advice = recommend(tasks, history.policy, span, options);
    const spentNano = sum(inPeriod.map((task) => task.costNano));
    const evidence = {
      tasks: tasks.filter(isAnswered).length,
      since: tasks.reduce((first, { startedAt }) => Math.min(first, startedAt), now),
    };
    return {
      ...advice,
      spentNano,
      tasks: inPeriod.filter(isAnswered).length,
      evidence,
      dismissed: advice.ignored,
      elsewhere,
    };
  });
  const following = measureFollowed(history, now).filter(({ decision }) => isFollowed(decision));
  return { ...report, following };
}

/** Counts up when a rule of advice changes, so that kept advice is made again. */
const ADVICE_RULES = 8;

/** Returns an answer made from `adviceInputs`, kept until something that it rests on or the day (UTC) changes. */
export function rememberAdvice<Answer>(
  history: OpenedHistory,
  question: string,
  period: Period,
  now: number,
  filters: Filters,
  compute: () => Answer,
): Answer {
  const since = evidenceSince(history, period, now);
  return rememberJudged(
    history,
    since,
    [
      question,
      ADVICE_RULES,
      rootOf(history),
      [dayOf(now), dayOf(since), period],
      filters,
      history.policy,
      decisionsAt(history),
      readDismissed(history.store),
      factsOf(history, { ...period, since }),
    ],
    compute,
  );
}

const dayOf = (at: number): number => Math.floor(at / DAY_MS);

/** Returns the facts that the files here state about each agent of a period. */
function factsOf({ store, place, workspace }: OpenedHistory, period: Period): unknown[] {
  if (workspace.demo) return [];
  const { decidedBy, inherits, followsMain } = readAgentFacts(place);
  return listTaskAgents(store, period).map((agent) => [
    agent,
    decidedBy(agent),
    inherits(agent),
    followsMain(agent),
  ]);
}

function evidenceSince({ report }: OpenedHistory, { since, until }: Period, now: number): number {
  return Math.min(since ?? 0, Math.max(evidenceFrom(Math.min(until ?? now, now)), report.tasksFrom));
}

/** Everything that advice on routing is made from. */
export interface AdviceInputs {
  /** The evidence: tasks in this repository, or all of them if it has none, from a longer time than a short period. */
  tasks: readonly JudgedTask[];
  /** Those of the period. */
  inPeriod: readonly JudgedTask[];
  /** Their projects, if none of them is from this repository. */
  elsewhere: readonly string[];
  /** Of the evidence, in ms since the epoch. */
  span: { since: number; until: number };
  options: AdviceOptions;
}

/** Reads what advice on the tasks of a period is made from. */
export function adviceInputs(
  history: OpenedHistory,
  period: Period,
  now: number,
  filters: Filters,
): AdviceInputs {
  const until = Math.min(period.until ?? now, now);
  const since = evidenceSince(history, period, now);
  const replayed = replaySessions(history.store);
  const all = readJudged(history, { ...period, since }, filters)
    .flatMap((analysis) => analysis.tasks)
    .filter(({ session }) => !replayed.has(session));
  const here = all.filter(isInRepository(history));
  const tasks = here.length > 0 ? here : all;
  const { demo } = history.workspace;
  const dismissed = readDismissed(history.store);
  return {
    tasks,
    inPeriod: tasks.filter(({ startedAt }) => startedAt >= (period.since ?? 0)),
    elsewhere: demo || here.length > 0 ? [] : [...new Set(tasks.map(({ project }) => project))],
    span: { since, until },
    options: {
      table: history.models,
      decisions: decisionsAt(history),
      replays: replayOutcomes(history),
      ...(demo ? {} : { files: readAgentFacts(history.place) }),
      ignored: (one) =>
        dismissed.some((before) => before.recommendation.id === one.id && !hasNews(before, one)),
    },
  };
}

/** Returns the root of the repository, or the folder, that a command runs in. */
export function rootOf({ place }: OpenedHistory): string {
  return locateTarget(place).target.root;
}

/** Returns a function that says whether a task was worked on in the repository that a command runs in. */
export function isInRepository(history: OpenedHistory): (task: Pick<JudgedTask, "project">) => boolean {
  const root = rootOf(history);
  const real = new Map<string, string>();
  return ({ project }) => {
    const known = real.get(project) ?? (existsSync(project) ? realpathSync(project) : project);
    real.set(project, known);
    return known === root || known.startsWith(root + sep);
  };
}

/** Returns the recommendations that are named, or all of high confidence. Throws UsageError for an unknown ID. */
export function pickRecommendations({ recommendations }: Advice, ids: readonly string[]): Recommendation[] {
  return ids.flatMap((id) => {
    if (id === "all-act") return recommendations.filter(({ confidence }) => confidence === "act");
    const found = recommendations.find((one) => one.id === id);
    if (found) return [found];
    throw new UsageError(`recommend: unknown ID "${id}"`, {
      hint:
        recommendations.length > 0
          ? expectOneOf(
              id,
              recommendations.map((one) => one.id),
            )
          : "Nothing is recommended now.",
    });
  });
}

export function dismiss(
  { store }: OpenedHistory,
  recommendations: readonly Recommendation[],
  now: number,
): void {
  writeDismissed(
    store,
    recommendations.map((recommendation) => ({ step: "dismissed", at: now, recommendation })),
  );
}

/** New outcomes on the proposed model after which dismissed advice comes back. */
const NEWS = 20;

/** Returns whether the evidence changed since: another confidence, half as much again to gain, or more outcomes on the proposed model. */
function hasNews({ recommendation: before }: Decision, now: Recommendation): boolean {
  return (
    before.confidence !== now.confidence ||
    now.savingsUsdPerMonth.mid > 1.5 * before.savingsUsdPerMonth.mid ||
    now.evidence.proposed.known >= before.evidence.proposed.known + NEWS
  );
}
