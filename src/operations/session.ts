import { DAY_MS } from "../domain/calendar.ts";
import type { SessionAnalysis } from "../analysis/outcomes/session.ts";
import type { Period } from "../domain/period.ts";
import { isLeftOpen, joinPlans } from "../analysis/outcomes/join-plans.ts";
import { findJudgedSessions, readAnalyses, readAnalysis } from "../history/analyze.ts";
import { type OpenedHistory, roleName } from "../history/open-history.ts";
import { readHandOutcomes } from "../store/hand-outcomes.ts";
import { sumSpend } from "../store/spend-sums.ts";
import { type GoalSummary, summarizeGoals } from "../analysis/outcomes/goal-summary.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { overruled } from "../history/judged.ts";
import { readTitles } from "../history/prompt-titles.ts";
import { readSessionTitles } from "../history/session-titles.ts";
import { pickSession } from "./pick-session.ts";
import { readTaskCauses, type TaskCauses } from "./session-causes.ts";
import { addSum, noSpend, type Spend } from "./spend.ts";

/** One session as a timeline, with what only its own page shows. */
export interface SessionTimeline extends SessionAnalysis {
  /** Empty when the transcript is gone and titles are not kept. */
  title: string;
  /** All its requests, as the list of sessions counts them: those that belong to no task too. */
  spent: Spend;
  goals: readonly GoalSummary[];
  /** Starts of the prompts of turns, if their transcripts still exist. */
  titles: ReadonlyMap<JudgedTask, string>;
  /** Causes of the cost of tasks; without tasks whose content the ledger has not read. */
  causes: ReadonlyMap<JudgedTask, TaskCauses>;
}

/** Reads one session. Throws UsageError if the prefix of an id fits none or several. */
export function readSessionTimeline(history: OpenedHistory, prefix: string): SessionTimeline {
  const { store, models, accounts, policy } = history;
  const found = findJudgedSessions(store, models, prefix);
  // The name of a file can be another one than that of the session in it.
  const [named] = found.length === 1 ? found : [];
  const session = named ?? pickSession(found, prefix);
  const analysis = besideOthers(history, readAnalysis(store, session) as SessionAnalysis);
  const byHand = new Map(readHandOutcomes(store).map((outcome) => [outcome.task, outcome]));
  const tasks = analysis.tasks.map((task) => ({
    ...overruled(task, byHand.get(task.key)),
    role: roleName(policy, task.agent),
  }));
  const spent = noSpend();
  const everyDay: Period = { timezone: "UTC" };
  for (const sum of sumSpend(store, ["session"], everyDay, { account: accounts, session: [session] }))
    addSum(spent, sum);
  const title = readSessionTitles(store, [session]).get(session) ?? "";
  return {
    ...analysis,
    title,
    tasks,
    spent,
    goals: summarizeGoals(tasks),
    titles: readTitles(tasks),
    causes: readTaskCauses(history, session, tasks),
  };
}

/**
 * Returns a session as reports count it: without what another session did first and this one holds as a copy, which are there at the same
 * time, and with plans accepted that a later session carries out.
 */
function besideOthers(history: OpenedHistory, analysis: SessionAnalysis): SessionAnalysis {
  const { session, tasks } = analysis;
  if (tasks.length === 0) return analysis;
  const since = Math.min(...tasks.map(({ startedAt }) => startedAt)) - DAY_MS;
  const end = Math.max(...tasks.map(({ startedAt, durationMs }) => startedAt + durationMs)) + DAY_MS;
  const period: Period = { since, timezone: "UTC" };
  if (!tasks.some(isLeftOpen)) period.until = end;
  const around = joinPlans(readAnalyses(history, period));
  return around.find((other) => other.session === session) ?? analysis;
}
