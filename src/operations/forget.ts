import { startOfDay } from "../domain/calendar.ts";
import { RolecallError } from "../errors.ts";
import { forgetSessions, readForgottenSessions, recallSessions, type Selection } from "../store/forget.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { listSessions, type SessionList } from "./sessions.ts";
import { addSum, noSpend } from "./spend.ts";

/** The sessions meant: those that fulfil every condition. */
export interface ForgetRequest {
  /** Sessions that ended before this day (`2026-10-01`). */
  before?: string | undefined;
  /** A pattern for the project's path. */
  project?: string | undefined;
  /** An id, or the beginning of one. */
  session?: string | undefined;
  /** Everything that the store holds, the executor's attempts and the decisions on advice included. */
  all?: boolean | undefined;
  timezone: string;
}

/** The data that would be forgotten. */
export interface Forgettable {
  list: SessionList;
  selection: Selection;
}

/** The sessions that a request means. Throws RolecallError where the beginning of an id fits several or none. */
export function findForgettable(history: OpenedHistory, request: ForgetRequest): Forgettable {
  const { before, project, session, all, timezone } = request;
  const end = before === undefined ? Number.POSITIVE_INFINITY : startOfDay(before, timezone);
  const { sessions } = listSessions(history, { timezone }, project === undefined ? {} : { project });
  const meant = sessions.filter(
    (one) => one.endedAt < end && (session === undefined || one.session.startsWith(session)),
  );
  if (session !== undefined && meant.length !== 1)
    throw new RolecallError(
      `--session: ${meant.length === 0 ? "no session begins" : `${meant.length} sessions begin`} with "${session}"`,
      { hint: "Try rolecall session, which lists their IDs." },
    );
  const ids = meant.map((one) => one.session);
  return { list: listed(meant), selection: all ? "all" : ids };
}

/** Deletes what is kept of them. What they do from now on is kept again. */
export function applyForget({ store }: OpenedHistory, { selection }: Forgettable, now: number): void {
  forgetSessions(store, selection, now);
}

/** Takes every forgetting back, or that of one session; the next reading finds what is still on disk. Returns how many. */
export function recallForgotten({ store }: OpenedHistory, session: string | undefined): number {
  const forgotten = readForgottenSessions(store).filter(
    (id) => session === undefined || id.startsWith(session),
  );
  if (forgotten.length > 0) recallSessions(store, session === undefined ? "all" : forgotten);
  return forgotten.length;
}

function listed(sessions: SessionList["sessions"]): SessionList {
  const total = noSpend();
  for (const { requests, usage, costNano, unpriced } of sessions)
    addSum(total, { ...usage, requests, cost: costNano, unpriced });
  return { sessions, found: sessions.length, total };
}
