import { AT, WIDTH } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import { NO_USAGE } from "../domain/usage.ts";
import type { Store } from "./open.ts";
import { createPackReader } from "./request-packs.ts";
import { contextReader, type ContextRow, type SpentRequest, takeUsage } from "./spent.ts";

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
export interface SessionRequest extends SpentRequest {
  session: string;
}

/** What the files of the sessions that have a count of the client's own hold: each request once a session. */
export function readSessionRequests(store: Store): SessionRequest[] {
  const toRow = contextReader(store);
  const readPack = createPackReader(store);
  const counted = new Set(store.db.prepare("SELECT session FROM client_cost").pluck().all() as string[]);
  const transcripts = store.db.prepare("SELECT id, session, slug FROM transcript").raw().all();
  const found = new Map<string, SessionRequest>();
  for (const [id, named, slug] of transcripts as [number, string, string][]) {
    if (named !== "" && !counted.has(named)) continue;
    const pack = readPack(id);
    if (!pack) continue;
    const { numbers } = pack;
    const rows = pack.contexts.map((context) => toRow(context, slug));
    pack.keys.split("\n").forEach((key, row) => {
      const context = rows[numbers[row * WIDTH + AT.context] as number] as ContextRow;
      const session = named || context.session;
      if (!counted.has(session)) return;
      const at = numbers[row * WIDTH + AT.at] as number;
      const request = takeUsage({ ...NO_USAGE, cost: null, session, context, at }, numbers, row * WIDTH);
      const before = found.get(`${session} ${key}`);
      if (!before || request.output > before.output) found.set(`${session} ${key}`, request);
    });
  }
  return [...found.values()];
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
