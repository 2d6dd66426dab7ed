import type { SessionAnalysis } from "../analysis/outcomes/session.ts";
import { findJudgedSessions, readAnalysis } from "../history/analyze.ts";
import { type OpenedHistory, roleName } from "../history/open-history.ts";
import { pickSession } from "./pick-session.ts";

/** One session as a timeline. Throws UsageError where the prefix of an id fits none or several. */
export function readSessionTimeline(history: OpenedHistory, prefix: string): SessionAnalysis {
  const found = findJudgedSessions(history.store, history.models, prefix);
  const id = pickSession(found, prefix);
  const analysis = readAnalysis(history.store, id) as SessionAnalysis;
  return {
    ...analysis,
    tasks: analysis.tasks.map((task) => ({ ...task, role: roleName(history.policy, task.agent) })),
  };
}
