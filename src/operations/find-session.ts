import { basename } from "node:path";
import { UsageError } from "../errors.ts";
import { findJudgedSessions } from "../history/analyze.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { findTitledSessions } from "../history/session-titles.ts";
import { listMainTranscripts } from "../store/titles.ts";
import { pickSession } from "./pick-session.ts";

/** The rules of a search for sessions, and the words of its errors. */
interface SessionSearch {
  subject?: string;
  expected?: string;
  /** IDs of the only sessions to search; default: all that are judged. */
  among?: readonly string[];
}

/**
 * Returns the session whose ID or file name begins with a text; otherwise the sessions that have it in their title or first prompt, of which there
 * can be several. Throws UsageError if no session has it, or if it begins several IDs.
 */
export function findSession(
  history: OpenedHistory,
  text: string,
  { subject = "session", expected = "the start of an ID, or words of a title", among }: SessionSearch = {},
): readonly string[] {
  const { store, models } = history;
  const found = among ? withName(history, among, text) : findJudgedSessions(store, models, text);
  // The name of a file can be another one than that of the session in it.
  if (found.length === 1) return found;
  const isId = found.some((id) => id.startsWith(text));
  const titled = isId ? [] : findTitledSessions(store, text).filter((id) => among?.includes(id) ?? true);
  const words = { subject, expected, else: ", and none has it in its title or first prompt" };
  return titled.length > 0 ? titled : [pickSession(found, text, words)];
}

/** Returns the same if it is one session. Throws UsageError if several have the words. */
export function findOneSession(history: OpenedHistory, text: string, search: SessionSearch = {}): string {
  const [session = "", ...others] = findSession(history, text, search);
  if (others.length === 0) return session;
  const ids = [session, ...others].slice(0, 3).map((id) => id.slice(0, 8));
  throw new UsageError(
    `${search.subject ?? "session"}: ${1 + others.length} sessions have "${text}" in their title or first prompt`,
    {
      hint: `Expected the start of one ID, such as ${ids.join(", ")}. Try rolecall session "${text}", which lists them.`,
    },
  );
}

function withName({ store }: OpenedHistory, among: readonly string[], text: string): string[] {
  const found = among.filter((id) => id.startsWith(text));
  if (found.length > 0) return found;
  const named = listMainTranscripts(store).filter(({ path }) => basename(path).startsWith(text));
  return [...new Set(named.map(({ session }) => session))].filter((id) => among.includes(id));
}
