import type { SessionAnalysis } from "../analysis/outcomes/session.ts";
import { findJudgedSessions, readAnalysis } from "../history/analyze.ts";
import { type OpenedHistory, roleName } from "../history/open-history.ts";
import { type GoalSummary, summarizeGoals } from "../analysis/outcomes/goal-summary.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { readTitles } from "../history/prompt-titles.ts";
import { pickSession } from "./pick-session.ts";

/** One session with what only its own page shows. */
export interface SessionTimeline extends SessionAnalysis {
  goals: readonly GoalSummary[];
  /** How the prompts of turns begin, where their transcripts are still there. */
  titles: ReadonlyMap<JudgedTask, string>;
}

/** One session as a timeline. Throws UsageError where the prefix of an id fits none or several. */
export function readSessionTimeline(history: OpenedHistory, prefix: string): SessionTimeline {
  const found = findJudgedSessions(history.store, history.models, prefix);
  const id = pickSession(found, prefix);
  const analysis = readAnalysis(history.store, id) as SessionAnalysis;
  const tasks = analysis.tasks.map((task) => ({ ...task, role: roleName(history.policy, task.agent) }));
  return { ...analysis, tasks, goals: summarizeGoals(tasks), titles: readTitles(tasks) };
}
