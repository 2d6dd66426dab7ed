import type { NanoUsd } from "../domain/money.ts";
import type { Tables } from "./open.ts";

/** Claude Code's own count of a session. */
export interface ClientCost {
  session: string;
  cost: NanoUsd;
  /** The project's folder, or its slug when no entry names it. */
  project: string;
  /** ms since the epoch; null when no entry has a time. */
  firstAt: number | null;
  lastAt: number | null;
}

/** Returns one per session. The counts are cumulative, so when several files hold one for a session the largest is the last. */
export function readClientCosts({ db }: Tables): ClientCost[] {
  return db
    .prepare<[], ClientCost>(
      `SELECT client_cost.session, max(cost) AS cost, project, first_at AS firstAt, last_at AS lastAt
      FROM client_cost JOIN transcript ON transcript.id = client_cost.transcript
      GROUP BY client_cost.session ORDER BY client_cost.session`,
    )
    .all();
}

/** Counts by session of a kind of call that leaves no line. */
export interface UnseenCalls {
  session: string;
  kind: "compact" | "refusal";
  count: number;
}

/** Counts the calls that leave no line: compactions and refused answers. */
export function readUnseenCalls({ db }: Tables): UnseenCalls[] {
  return db
    .prepare<[], UnseenCalls>(
      `SELECT transcript.session, event.value ->> 'kind' AS kind, 
        count(DISTINCT coalesce(event.value ->> 'entry', transcript.id || ' ' || (event.value ->> 'line'))) AS count
      FROM event_batch JOIN transcript ON transcript.id = event_batch.transcript, json_each(event_batch.events) AS event
      WHERE (instr(events, '"compact"') OR instr(events, '"refusal"')) AND event.value ->> 'kind' IN ('compact', 'refusal')
      GROUP BY 1, 2`,
    )
    .all();
}
