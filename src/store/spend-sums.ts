import { type OffsetStretch, offsetStretches, DAY_MS } from "../domain/calendar.ts";
import { FLAG } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import { FIRST_COUNT_RATE, MEASURED } from "../domain/output-count.ts";
import type { Period } from "../domain/period.ts";
import type { Usage } from "../domain/usage.ts";
import { outdateLedgers } from "./content.ts";
import type { Tables } from "./open.ts";
import { ROOM, transcriptOf } from "./requests.ts";
import { toUsage, USAGE_COLUMNS, USAGE_SCHEMA } from "./usage-columns.ts";

/** The requests that count, added up: a twentieth of the rows, from which every sum over days can be made. */
export const SPEND_SCHEMA = `
CREATE TABLE spend (
  context INTEGER NOT NULL,
  -- Quarter of an hour since the epoch, in UTC: no time zone's day begins within one.
  quarter INTEGER NOT NULL,
  -- The prompts are longer than this many tokens and not longer than the next border of any model's long-prompt price.
  prompt_above INTEGER NOT NULL,
  -- As in request.
  elsewhere TEXT NOT NULL,
  -- 0 when the length of the answers is not known, 1 when their output is final, 2 when only its first count was recorded.
  measured INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  -- Of them, those whose model has no known price.
  unpriced INTEGER NOT NULL,
  -- Of the first and the last request, in ms since the epoch.
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  -- As in request.
  written INTEGER NOT NULL,
  ${USAGE_SCHEMA},
  cost REAL NOT NULL,
  PRIMARY KEY (context, quarter, prompt_above, elsewhere, measured)
) STRICT, WITHOUT ROWID;
`;

/** Length of the stretches that requests are added up by. */
export const QUARTER_MS = 900_000;
const HOUR_MS = 3_600_000;

/** Adds up the requests of some transcripts again, or of all; their ledgers are out of date then. */
export function rebuildSums(store: Tables, transcripts?: ReadonlySet<number>): void {
  outdateLedgers(store, transcripts);
  rebuildSpend(store, transcripts);
}

/** Adds up requests again that are the same as before. */
export function rebuildSpend({ db }: Tables, transcripts?: ReadonlySet<number>): void {
  const remove = transcripts
    ? "DELETE FROM spend WHERE context IN (SELECT id FROM context WHERE transcript = @transcript)"
    : "DELETE FROM spend";
  const of = transcripts ? `WHERE ${IN_TRANSCRIPT}` : "";
  const statements = [remove, `INSERT INTO spend ${groupRequests(db, of)}`].map((sql) => db.prepare(sql));
  for (const transcript of transcripts ?? [0])
    for (const statement of statements) statement.run(...(transcripts ? [{ transcript }] : []));
}

const IN_TRANSCRIPT = `id >= @transcript * ${ROOM} AND id < (@transcript + 1) * ${ROOM}`;

/** Adds up everything again that has a context in common with some requests. */
export function rebuildSpendAround({ db }: Tables, requests: ReadonlySet<number>): void {
  const contexts = "(SELECT context FROM request WHERE id IN (SELECT value FROM json_each(@requests)))";
  const statements = [
    `DELETE FROM spend WHERE context IN ${contexts}`,
    `INSERT INTO spend ${groupRequests(db, `WHERE ${IN_TRANSCRIPT} AND context IN ${contexts}`)}`,
  ].map((sql) => db.prepare(sql));
  for (const [transcript, ids] of Map.groupBy(requests, transcriptOf))
    for (const statement of statements) statement.run({ transcript, requests: JSON.stringify(ids) });
}

/** Returns a SELECT with the columns of `spend` over the requests that count and fulfil a condition. */
function groupRequests(db: Tables["db"], where: string): string {
  const usage = USAGE_COLUMNS.split(", ").map((column) => `sum(${column}) AS ${column}`);
  return `SELECT context, CAST(floor(at / ${QUARTER_MS}.0) AS INTEGER) AS quarter,
      ${promptBand({ db })} AS prompt_above, elsewhere, ${IS_MEASURED} AS measured,
      count(*) AS requests, count(*) - count(cost) AS unpriced, min(at) AS first_at, max(at) AS last_at, sum(written) AS written,
      ${usage.join(", ")}, coalesce(sum(cost), 0) AS cost
    FROM counted_request ${where} GROUP BY 1, 2, 3, 4, 5`;
}

/** SQL: the same as measuredAs. */
const IS_MEASURED = `CASE WHEN written = 0 THEN ${MEASURED.not}
  WHEN stop = '' AND output < written * ${FIRST_COUNT_RATE} THEN ${MEASURED.first}
  ELSE ${MEASURED.finished} END`;

/** SQL: the tokens of a request's prompt. */
const PROMPT = "(input + cache_read + cache_write_5m + cache_write_1h)";

/** Returns the SQL for the border of prompt length that a request is above, as in `spend.prompt_above`. */
function promptBand(store: Tables): string {
  const bands = readPromptBorders(store)
    .toReversed()
    .map((border) => `WHEN ${PROMPT} > ${border} THEN ${border}`)
    .join(" ");
  return bands === "" ? "0" : `CASE ${bands} ELSE 0 END`;
}

/** The borders of prompt length that the sums were made with, in tokens, ascending. */
function readPromptBorders({ db }: Tables): number[] {
  const value = db.prepare<[], string>("SELECT value FROM meta WHERE key = 'prompt-borders'").pluck().get();
  return value === undefined ? [] : (JSON.parse(value) as number[]);
}

/** Columns to group and filter sums by, each with its SQL. `day` and `hour` are counted from the epoch in the period's time zone. */
const COLUMNS = {
  model: "context.model",
  session: "context.session",
  agent: "context.agent",
  agentId: "context.agent_id",
  effort: "context.effort",
  branch: "context.branch",
  flags: "context.flags",
  project: "transcript.project",
  account: "transcript.account",
  promptAbove: "prompt_above",
  quarter: "quarter",
  hour: "hour",
  day: "day",
} as const;
export type SpendColumn = keyof typeof COLUMNS;

/** Conditions for requests, all of which hold; one without values holds for none. */
export type SpendWhere = Partial<Record<SpendColumn, readonly (string | number)[]>>;

/** Requests with the same values of some columns, added up. */
export interface SpendSum<Column extends SpendColumn> extends Usage {
  values: Record<Column, string | number>;
  /** Requests, without what was billed along with one. */
  requests: number;
  /** Those whose model has no known price, all included. */
  unpriced: number;
  /** Requests whose stream was cut. */
  cut: number;
  /** Nano-dollars of those with a known price. */
  cost: NanoUsd;
  /** Of the first and the last of them, in ms since the epoch. */
  firstAt: number;
  lastAt: number;
}

/** Adds up what was spent in a period by some columns, each request once in the accounts that `where` names. */
export function sumSpend<Column extends SpendColumn>(
  { db }: Tables,
  by: readonly Column[],
  period: Period,
  where: SpendWhere = {},
  only: "all" | "unpriced" = "all",
): SpendSum<Column>[] {
  const { since = null, until = null } = period;
  const columns = by.map((column) => {
    if (column === "day") return localTime(db, period, DAY_MS);
    return column === "hour" ? localTime(db, period, HOUR_MS) : COLUMNS[column];
  });
  const conditions = Object.keys(where).map(
    (column) => `${COLUMNS[column as SpendColumn]} IN (SELECT value FROM json_each(@${column}))`,
  );
  const sql = `SELECT
      sum(iif(flags & ${FLAG.part}, 0, requests)), sum(unpriced), sum(iif(flags & ${FLAG.cut}, requests, 0)),
      min(sums.first_at), max(sums.last_at), sum(cost), ${USAGE_COLUMNS.split(", ")
        .map((column) => `sum(${column})`)
        .join(", ")}${columns.map((column) => `, ${column}`).join("")}
    FROM ${sourceOf(db, period)} AS sums JOIN context ON context.id = sums.context
      JOIN transcript ON transcript.id = context.transcript
    WHERE ${[
      "(@since IS NULL OR sums.last_at >= @since) AND (@until IS NULL OR sums.first_at < @until)",
      ...conditions,
      countsIn("elsewhere", where.account !== undefined),
      ...(only === "unpriced" ? ["unpriced > 0"] : []),
    ].join(" AND ")}
    ${columns.length > 0 ? `GROUP BY ${columns.map((_, index) => FIRST_COLUMN + index).join(", ")}` : "HAVING count(*) > 0"}`;
  const values = Object.entries(where).map(([column, list]) => [column, JSON.stringify(list)]);
  const rows = db
    .prepare(sql)
    .raw()
    .all({ since, until, ...Object.fromEntries(values) }) as number[][];
  return rows.map((row) => toSum(row, by));
}

/**
 * Returns the SQL condition that a request counts among the accounts bound as `@account`, a JSON array; among all when none are. The
 * column holds the accounts that have a better claim to it.
 */
export function countsIn(column: string, hasAccounts: boolean): string {
  const better = `EXISTS (SELECT 1 FROM json_each(${column}) WHERE value IN (SELECT value FROM json_each(@account)))`;
  return `(${column} = ''${hasAccounts ? ` OR NOT ${better}` : ""})`;
}

/** Ordinal of the first column that is grouped by. */
const FIRST_COLUMN = 14;

function toSum<Column extends SpendColumn>(row: number[], by: readonly Column[]): SpendSum<Column> {
  const [requests = 0, unpriced = 0, cut = 0, firstAt = 0, lastAt = 0, cost = 0, ...usage] = row;
  const values = Object.fromEntries(by.map((column, index) => [column, row[FIRST_COLUMN - 1 + index]]));
  return {
    values: values as Record<Column, string | number>,
    requests,
    unpriced,
    cut,
    firstAt,
    lastAt,
    cost,
    ...toUsage(usage),
  };
}

/** Returns the SQL of the sums, or of requests added up just now when the period begins or ends within a quarter of an hour. */
export function sourceOf(db: Tables["db"], { since, until }: Period): string {
  const isCut = [since, until].some((at) => at !== undefined && at % QUARTER_MS !== 0);
  return isCut
    ? `(${groupRequests(db, "WHERE (@since IS NULL OR at >= @since) AND (@until IS NULL OR at < @until)")})`
    : "spend";
}

/** Returns the SQL of the day or hour of a quarter, counted from the epoch in the period's time zone. */
function localTime(db: Tables["db"], { timezone }: Period, unitMs: number): string {
  const stretches = stretchesOf(db, timezone);
  const cases = stretches.map(({ until, offsetMs }) =>
    Number.isFinite(until) ? `WHEN quarter * ${QUARTER_MS} < ${until} THEN ${offsetMs}` : `ELSE ${offsetMs}`,
  );
  const offset = cases.length === 1 ? String(stretches[0]?.offsetMs) : `CASE ${cases.join(" ")} END`;
  return `CAST(floor((quarter * ${QUARTER_MS}.0 + ${offset}) / ${unitMs}) AS INTEGER)`;
}

function stretchesOf(db: Tables["db"], timezone: string): OffsetStretch[] {
  if (timezone === "UTC") return [{ until: Number.POSITIVE_INFINITY, offsetMs: 0 }];
  const days = db
    .prepare<[], number>(
      `SELECT DISTINCT CAST(floor(quarter * ${QUARTER_MS}.0 / ${DAY_MS}) AS INTEGER) FROM spend ORDER BY 1`,
    )
    .pluck()
    .all();
  return offsetStretches(days, timezone);
}

/** Makes a function that returns the day and the hour of a moment, counted from the epoch in the period's time zone. */
export function timeFinder(
  { db }: Tables,
  { timezone }: Period,
): (at: number) => { day: number; hour: number } {
  const stretches = stretchesOf(db, timezone);
  return (at) => {
    const local = at + (stretches.find(({ until }) => at < until)?.offsetMs ?? 0);
    return { day: Math.floor(local / DAY_MS), hour: Math.floor(local / HOUR_MS) };
  };
}

/** Returns the values of a column that occur. */
export function listValues(
  { db }: Tables,
  column: Exclude<SpendColumn, "day" | "hour" | "quarter" | "promptAbove">,
): string[] {
  return db
    .prepare(
      `SELECT DISTINCT ${COLUMNS[column]} FROM context JOIN transcript ON transcript.id = context.transcript ORDER BY 1`,
    )
    .pluck()
    .all() as string[];
}

/** Time of the newest request in ms since the epoch, or undefined. */
export function newestRequestAt({ db }: Tables): number | undefined {
  return (db.prepare("SELECT max(last_at) FROM spend").pluck().get() as number | null) ?? undefined;
}
