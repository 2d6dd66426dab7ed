import type { SessionAnalysis } from "../analysis/outcomes/session.ts";
import { UsageError } from "../errors.ts";
import { findSessions, readSessionAnalysis } from "../store/session-analyses.ts";
import { judgeSessions } from "../history/analyze.ts";
import { type History, roleName } from "../history/open-history.ts";
import { unpackAnalysis } from "../history/packed-analysis.ts";

/** One session as a timeline. Throws UsageError where the prefix of an id fits none or several. */
export function readSessionTimeline(history: History, prefix: string): SessionAnalysis {
  judgeSessions(history.store, history.models);
  const found = findSessions(history.store, prefix);
  const [session] = found;
  if (session === undefined)
    throw new UsageError(`There is no session “${prefix}”`, { hint: "rolecall sessions lists them." });
  if (found.length > 1 && !found.includes(prefix))
    throw new UsageError(`“${prefix}” fits ${found.length} sessions`, {
      hint: `Write more of the id: ${found.slice(0, 4).join(", ")} …`,
    });
  const id = found.includes(prefix) ? prefix : session;
  const analysis = unpackAnalysis(readSessionAnalysis(history.store, id) ?? "");
  return {
    ...analysis,
    tasks: analysis.tasks.map((task) => ({ ...task, role: roleName(history.policy, task.agent) })),
  };
}
