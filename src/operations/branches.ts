import { countOutcomes, successRateOf } from "../analysis/fallbacks/tiers.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { Period } from "../domain/period.ts";
import type { Rate } from "../domain/rate.ts";
import type { Outcome } from "../domain/task.ts";
import { type Filters, projectName, toWhere } from "../history/filters.ts";
import { readJudged } from "../history/judged.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { type SpendSum, sumSpend } from "../store/spend-sums.ts";

/** The activity on one branch, beside its cost. */
export interface BranchFacts {
  /** Paths of the projects that have it, in the order of their names. */
  projects: string[];
  sessions: number;
  /** Agent runs that made a request. */
  agentRuns: number;
  /** Days with a request, in the period's time zone. */
  activeDays: number;
  tasks: number;
  outcomes: Record<Outcome, number>;
  successRate: Rate;
}

type BranchSum = SpendSum<"branch" | "project" | "session" | "agentId" | "day">;

/** Returns what happened on each branch of a period; the branch of a request outside of any is `none`. */
export function readBranchFacts(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
): ReadonlyMap<string, BranchFacts> {
  const sums: BranchSum[] = sumSpend(
    history.store,
    ["branch", "project", "session", "agentId", "day"],
    period,
    toWhere(history, filters),
  );
  const branchOf = branchFinder(sums);
  const judged = readJudged(history, period, filters).flatMap(({ tasks }) => tasks);
  const tasks = Map.groupBy(judged, branchOf);
  return new Map(
    [...Map.groupBy(sums, nameOf)].map(([branch, own]) => {
      const done = tasks.get(branch) ?? [];
      const different = (pick: (sum: BranchSum) => unknown) => new Set(own.map(pick)).size;
      return [
        branch,
        {
          projects: [...new Set(own.map(({ values }) => projectName(String(values.project))))].toSorted(),
          sessions: different(({ values }) => values.session),
          agentRuns: new Set(own.flatMap(({ values: { agentId } }) => (agentId === "" ? [] : agentId))).size,
          activeDays: different(({ values }) => values.day),
          tasks: done.length,
          outcomes: countOutcomes(done),
          successRate: successRateOf(done),
        },
      ];
    }),
  );
}

function nameOf({ values }: BranchSum): string {
  return String(values.branch) || "none";
}

/** Finds the branch of a task: that of its thread's requests; of several, the one whose requests were there when it began. */
function branchFinder(sums: readonly BranchSum[]): (task: JudgedTask) => string | undefined {
  const threads = Map.groupBy(sums, ({ values }) => `${values.session} ${values.agentId}`);
  return ({ session, agentId = "", startedAt, durationMs }) => {
    const own = threads.get(`${session} ${agentId}`) ?? [];
    const during = own.filter(
      ({ firstAt, lastAt }) => firstAt <= startedAt + durationMs && lastAt >= startedAt,
    );
    const [best] = (during.length > 0 ? during : own).toSorted(
      (a, b) => Math.abs(a.firstAt - startedAt) - Math.abs(b.firstAt - startedAt),
    );
    return best && nameOf(best);
  };
}
