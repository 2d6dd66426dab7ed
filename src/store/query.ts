import { messageOf, UsageError } from "../errors.ts";
import type { OpenedStore } from "./open.ts";

/** The answer to a query. */
export interface QueryResult {
  columns: readonly string[];
  rows: readonly (readonly unknown[])[];
}

/**
 * Runs a query that the user wrote. Throws UsageError for one that is not valid SQL, that returns nothing, or that would change the
 * store.
 */
export function runQuery({ db }: OpenedStore, sql: string): QueryResult {
  const names = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name")
    .pluck()
    .all() as string[];
  const hint = `Expected one SELECT over ${names.join(", ")} or the tables of docs/store.md.`;
  db.pragma("query_only = ON");
  try {
    const statement = db.prepare(sql);
    if (!statement.reader || !statement.readonly)
      throw new UsageError("sql: not a query that returns rows", { hint });
    statement.raw();
    return { columns: statement.columns().map(({ name }) => name), rows: statement.all() as unknown[][] };
  } catch (thrown) {
    if (thrown instanceof UsageError) throw thrown;
    throw new UsageError(`sql: ${messageOf(thrown)}`, { hint, cause: thrown });
  } finally {
    db.pragma("query_only = OFF");
  }
}
