import { judgeSessions } from "../history/analyze.ts";
import { updateLedgers } from "../history/ledgers.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { type QueryResult, runQuery } from "../store/query.ts";

/** Returns whether a query reads what only judging writes: tasks, switches and their tables. */
export function needsTasks(sql: string): boolean {
  return /\b(?:tasks?|task_\w+|switches|model_switch|session_judgement|event_batch)\b/i.test(sql);
}

/** Returns whether a query reads what only ledgers write. */
export function needsLedger(sql: string): boolean {
  return /\b(?:causes|content|ledger\w*)\b/i.test(sql);
}

/** Runs a query of the user's over the store. Throws UsageError for one that is not valid or not read-only. */
export function readSql(history: OpenedHistory, sql: string): QueryResult {
  if (needsTasks(sql)) judgeSessions(history.store, history.models);
  if (needsLedger(sql)) updateLedgers(history.store, history.models);
  return runQuery(history.store, sql);
}
