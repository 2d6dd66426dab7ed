import type { NanoUsd } from "../domain/money.ts";
import type { Usage } from "../domain/usage.ts";
import type { Store } from "./open.ts";

/** What Claude Code itself counted for a session. */
export interface ClientCost {
  session: string;
  cost: NanoUsd;
  /** The project's folder, or its slug where no entry names it. */
  project: string;
  /** ms since the epoch; null where no entry has a time. */
  firstAt: number | null;
  lastAt: number | null;
}

/** One per session. The counts are cumulative, so where several files hold one for a session the largest is the last. */
export function readClientCosts({ db }: Store): ClientCost[] {
  return db
    .prepare(`
      SELECT client_cost.session, max(cost) AS cost, coalesce(project.path, transcript.slug) AS project,
        transcript.first_at AS firstAt, transcript.last_at AS lastAt
      FROM client_cost JOIN transcript ON transcript.id = client_cost.transcript LEFT JOIN project USING (slug)
      GROUP BY client_cost.session ORDER BY client_cost.session`)
    .all() as ClientCost[];
}

/** A request as one session's files hold it, whether it counts there or is another session's copy. */
export interface SessionRequest extends Usage {
  session: string;
  context: number;
  at: number;
  /** At the model that served; null where that has no known price. */
  cost: NanoUsd | null;
}

/** What the files of the sessions that have a count of the client's own hold: each request once a session. */
export function iterateSessionRequests({ db }: Store): Iterable<SessionRequest> {
  return db
    .prepare(`
      SELECT coalesce(nullif(transcript.session, ''), context.session) AS session, key, context, at, input,
        max(output) AS output, thinking, cache_write_5m AS cacheWrite5m, cache_write_1h AS cacheWrite1h,
        cache_read AS cacheRead, web_searches AS webSearches, cost
      FROM request JOIN transcript ON transcript.id = request.transcript JOIN context ON context.id = request.context
      WHERE coalesce(nullif(transcript.session, ''), context.session) IN (SELECT session FROM client_cost)
      GROUP BY 1, key`)
    .iterate() as Iterable<SessionRequest>;
}

/** How often each session's files tell of calls that leave no line: compactions and refused answers. */
export function readUnseenCalls({
  db,
}: Store): { session: string; kind: "compact" | "refusal"; count: number }[] {
  return db
    .prepare(`
      SELECT transcript.session, event.value ->> 'kind' AS kind, count(*) AS count
      FROM event_batch JOIN transcript ON transcript.id = event_batch.transcript, json_each(event_batch.events) AS event
      WHERE (instr(events, '"compact"') OR instr(events, '"refusal"')) AND event.value ->> 'kind' IN ('compact', 'refusal')
      GROUP BY 1, 2`)
    .all() as { session: string; kind: "compact" | "refusal"; count: number }[];
}
