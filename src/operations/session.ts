import type { SessionAnalysis } from "../analysis/outcomes/session.ts";
import { UsageError } from "../errors.ts";
import { findJudgedSessions, readAnalysis } from "../history/analyze.ts";
import { type History, roleName } from "../history/open-history.ts";

/** One session as a timeline. Throws UsageError where the prefix of an id fits none or several. */
export function readSessionTimeline(history: History, prefix: string): SessionAnalysis {
  const found = findJudgedSessions(history.store, history.models, prefix);
  const [session] = found;
  if (session === undefined)
    throw new UsageError(`There is no session “${prefix}”`, { hint: "rolecall sessions lists them." });
  if (found.length > 1 && !found.includes(prefix))
    throw new UsageError(`“${prefix}” fits ${found.length} sessions`, {
      hint: `Write more of the id: ${found.slice(0, 4).join(", ")} …`,
    });
  const id = found.includes(prefix) ? prefix : session;
  const analysis = readAnalysis(history.store, id) as SessionAnalysis;
  return {
    ...analysis,
    tasks: analysis.tasks.map((task) => ({ ...task, role: roleName(history.policy, task.agent) })),
  };
}
