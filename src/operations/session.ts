import { DAY_MS } from "../domain/calendar.ts";
import type { SessionAnalysis } from "../analysis/outcomes/session.ts";
import type { Period } from "../domain/period.ts";
import { isLeftOpen, joinPlans } from "../analysis/outcomes/join-plans.ts";
import { readAnalyses, readAnalysis } from "../history/analyze.ts";
import { type OpenedHistory, roleName } from "../history/open-history.ts";
import { readHandOutcomes } from "../store/hand-outcomes.ts";
import { readSessionEnds } from "../store/session-times.ts";
import { sumSpend } from "../store/spend-sums.ts";
import { type GoalSummary, summarizeGoals } from "../analysis/outcomes/goal-summary.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { overruled } from "../history/judged.ts";
import { readTitles } from "../history/prompt-titles.ts";
import { readSessionTitles } from "../history/session-titles.ts";
import { readTaskCauses, type TaskCauses } from "./session-causes.ts";
import { addSum, noSpend, type Spend } from "./spend.ts";

/** One session as a timeline, with what only its own page shows. */
export interface SessionTimeline extends SessionAnalysis {
  /** Empty when the transcript is gone and titles are not kept. */
  title: string;
  /** All its requests, as the list of sessions counts them: those that belong to no task too. */
  spent: Spend;
  /** ms since the epoch; from the first request or prompt to the last entry. */
  startedAt: number;
  endedAt: number;
  goals: readonly GoalSummary[];
  /** Starts of the prompts of turns, if their transcripts still exist. */
  titles: ReadonlyMap<JudgedTask, string>;
  /** Causes of the cost of tasks; without tasks whose content the ledger has not read. */
  causes: ReadonlyMap<JudgedTask, TaskCauses>;
}

/** Reads one session by its ID. */
export function readSessionTimeline(history: OpenedHistory, session: string): SessionTimeline {
  const { store, accounts, policy } = history;
  const spent = noSpend();
  const everyDay: Period = { timezone: "UTC" };
  const sums = sumSpend(store, ["project"], everyDay, { account: accounts, session: [session] });
  for (const sum of sums) addSum(spent, sum);
  const judged = readAnalysis(store, session) ?? notJudged(session, String(sums[0]?.values.project ?? ""));
  const analysis = besideOthers(history, judged);
  const byHand = new Map(readHandOutcomes(store).map((outcome) => [outcome.task, outcome]));
  const tasks = analysis.tasks.map((task) => ({
    ...overruled(task, byHand.get(task.key)),
    role: roleName(policy, task.agent),
  }));
  const starts = tasks.map(({ startedAt }) => startedAt);
  const ends = tasks.map(({ startedAt, durationMs }) => startedAt + durationMs);
  const lastEntryAt = readSessionEnds(store).get(session) ?? Number.MIN_SAFE_INTEGER;
  const title = readSessionTitles(store, [session]).get(session) ?? "";
  return {
    ...analysis,
    title,
    tasks,
    spent,
    startedAt: Math.min(...starts, ...sums.map(({ firstAt }) => firstAt)),
    endedAt: Math.max(lastEntryAt, ...ends, ...sums.map(({ lastAt }) => lastAt)),
    goals: summarizeGoals(tasks),
    titles: readTitles(tasks),
    causes: readTaskCauses(history, session, tasks),
  };
}

/** A session that has requests in the file of another and no file of its own: no line shows its tasks. */
function notJudged(session: string, project: string): SessionAnalysis {
  const none = { tasks: [], warmUps: [], switches: [], retries: [], failures: [] };
  return { session, project, ...none, substitutions: [], cold: [], refusals: [], unattached: [] };
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
