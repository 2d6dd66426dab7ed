import { findJudgedSessions } from "../history/analyze.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { findTitledSessions } from "../history/session-titles.ts";
import { pickSession } from "./pick-session.ts";

/**
 * Returns the session whose ID or file name begins with a text; otherwise the sessions that have it in their title or first prompt, of which there
 * can be several. Throws UsageError if no session has it, or if it begins several IDs.
 */
export function findSession({ store, models }: OpenedHistory, text: string): readonly string[] {
  const found = findJudgedSessions(store, models, text);
  // The name of a file can be another one than that of the session in it.
  if (found.length === 1) return found;
  const isId = found.some((id) => id.startsWith(text));
  const titled = isId ? [] : findTitledSessions(store, text);
  return titled.length > 0 ? titled : [pickSession(found, text, WORDS)];
}

const WORDS = {
  else: ", and none has it in its title or first prompt",
  expected: "the start of an ID, or words of a title",
};
