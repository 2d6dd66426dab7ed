import { offsetStretches } from "../domain/calendar.ts";
import type { Period } from "../domain/period.ts";
import type { Store } from "./open.ts";

/** Requests of one context, on one day where days are asked for. */
export interface SpendGroup {
  context: number;
  /** Days since the epoch in the period's zone; 0 where days were not asked for. */
  day: number;
  requests: number;
  input: number;
  output: number;
  thinking: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
  webSearches: number;
  /** Nano-dollars; null where the model has no known price. */
  cost: number | null;
}

/** The columns of a group that are added up. */
export const USAGE_SUMS = `sum(input) AS input, sum(output) AS output, sum(thinking) AS thinking,
  sum(cache_write_5m) AS cacheWrite5m, sum(cache_write_1h) AS cacheWrite1h, sum(cache_read) AS cacheRead,
  sum(web_searches) AS webSearches, sum(cost) AS cost`;

/** What was spent, each request once. */
export function readSpendGroups({ db }: Store, period: Period, byDay: boolean): SpendGroup[] {
  const day = byDay ? dayExpression(db, period) : "0";
  return db
    .prepare(`
      SELECT context, ${day} AS day, count(*) AS requests, ${USAGE_SUMS}
      FROM spent ${whereAt(period)} GROUP BY 1, 2`)
    .all() as SpendGroup[];
}

/** The same, each request a group of its own with its time: for what only its task can tell. */
export function readSpendOneByOne(
  { db }: Store,
  period: Period,
  byDay: boolean,
): (SpendGroup & { at: number })[] {
  const day = byDay ? dayExpression(db, period) : "0";
  return db
    .prepare(`
      SELECT context, ${day} AS day, at, 1 AS requests, input, output, thinking, cache_write_5m AS cacheWrite5m,
        cache_write_1h AS cacheWrite1h, cache_read AS cacheRead, web_searches AS webSearches, cost
      FROM spent ${whereAt(period)}`)
    .all() as (SpendGroup & { at: number })[];
}

/** A condition on `at`, for numbers alone: nothing of the user's own wording gets into a query. */
export function whereAt({ since, until }: Period): string {
  const conditions = [];
  if (since !== undefined) conditions.push(`at >= ${Math.trunc(since)}`);
  if (until !== undefined) conditions.push(`at < ${Math.trunc(until)}`);
  return conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
}

function dayExpression(db: Store["db"], { timezone }: Period): string {
  if (timezone === "UTC") return "at / 86400000";
  const span = db.prepare("SELECT min(at), max(at) FROM request").raw().get() as [
    number | null,
    number | null,
  ];
  const stretches = offsetStretches(span[0] ?? 0, span[1] ?? 0, timezone);
  const cases = stretches.slice(0, -1).map(({ until, offsetMs }) => `WHEN at < ${until} THEN ${offsetMs}`);
  const last = stretches.at(-1)?.offsetMs ?? 0;
  return `(at + ${cases.length > 0 ? `CASE ${cases.join(" ")} ELSE ${last} END` : last}) / 86400000`;
}

/** A context as it is kept, with the agent type and the project that other sources tell. */
export interface ContextRow {
  id: number;
  session: string;
  agentId: string;
  /** `main` on the main thread. */
  agent: string;
  served: string;
  model: string;
  requested: string;
  effort: string;
  branch: string;
  /** The project's folder, or its slug where no entry names it. */
  project: string;
  stop: string;
  flags: number;
}

export function readContexts({ db }: Store): Map<number, ContextRow> {
  const rows = db
    .prepare(`
      SELECT context.id, context.session, context.agent_id AS agentId,
        iif(context.agent_id = '', 'main', coalesce(nullif(context.agent_type, ''), agent_run.agent_type, 'unknown')) AS agent,
        served, model, requested, effort, branch, coalesce(project.path, context.slug) AS project, stop, flags
      FROM context LEFT JOIN project USING (slug)
      LEFT JOIN agent_run ON agent_run.session = context.session AND agent_run.agent_id = context.agent_id`)
    .all() as ContextRow[];
  return new Map(rows.map((row) => [row.id, row]));
}
