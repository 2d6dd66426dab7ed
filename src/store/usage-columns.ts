import type { Usage } from "../domain/usage.ts";

/** The columns of usage in `request`, `spend` and `task_bill`, in the order of `Usage`. */
export const USAGE_COLUMNS =
  "input, output, thinking, cache_write_5m, cache_write_1h, cache_read, web_searches";

/** Their definitions. Clients have written fractions of tokens. */
export const USAGE_SCHEMA = USAGE_COLUMNS.replaceAll(/\w+/g, "$& REAL NOT NULL");

/** Returns the columns of a table as they are named in `Usage`. */
export function selectUsage(table: string): string {
  return USAGE_COLUMNS.replaceAll(
    /\w+/g,
    (column) =>
      `${table}.${column} AS ${column.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
  );
}

/** Returns the values of the columns. */
export function usageValues(usage: Usage): number[] {
  const values: number[] = [];
  putUsage(values, 0, usage);
  return values;
}

/** Puts the values of the columns into a list, from an index on. */
export function putUsage(list: unknown[], start: number, usage: Usage): void {
  list[start] = usage.input;
  list[start + 1] = usage.output;
  list[start + 2] = usage.thinking;
  list[start + 3] = usage.cacheWrite5m;
  list[start + 4] = usage.cacheWrite1h;
  list[start + 5] = usage.cacheRead;
  list[start + 6] = usage.webSearches;
}

/** Returns the usage that the values of the columns are, which begin at an index of a list. */
export function toUsage(values: readonly unknown[], start = 0): Usage {
  const list = values as readonly number[];
  return {
    input: list[start] ?? 0,
    output: list[start + 1] ?? 0,
    thinking: list[start + 2] ?? 0,
    cacheWrite5m: list[start + 3] ?? 0,
    cacheWrite1h: list[start + 4] ?? 0,
    cacheRead: list[start + 5] ?? 0,
    webSearches: list[start + 6] ?? 0,
  };
}
