import type { Period } from "../domain/period.ts";
import { type Filters, projectName, toWhere } from "../history/filters.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { titleFinder } from "../history/session-titles.ts";
import { sumSpend } from "../store/spend-sums.ts";

/** The facts that are shown beside a session. */
export interface SessionFacts {
  /** Empty when the transcript is gone and titles are not kept. */
  title: string;
  project: string;
}

/** Returns title and project of some sessions of a period. */
export function readSessionFacts(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
  sessions: ReadonlySet<string>,
): ReadonlyMap<string, SessionFacts> {
  const titleOf = titleFinder(history.store);
  const sums = sumSpend(history.store, ["session", "project"], period, toWhere(history, filters));
  return new Map(
    sums.flatMap(({ values }): [string, SessionFacts][] => {
      const session = String(values.session);
      if (!sessions.has(session)) return [];
      return [[session, { title: titleOf(session), project: projectName(String(values.project)) }]];
    }),
  );
}
