import type { Event } from "../domain/event.ts";
import { FLAG } from "../domain/file-scan.ts";
import type { RequestRow, SessionInput, ThreadInput } from "../domain/session-input.ts";
import type { Store } from "./open.ts";

/**
 * Everything kept under some session ids, as the rules for outcomes want it. All at once, because requests are found by key
 * and not by transcript: one pass over them serves hundreds of sessions.
 */
export function readSessions({ db }: Store, sessions: readonly string[]): SessionInput[] {
  const transcripts = db.prepare(TRANSCRIPTS).all(JSON.stringify(sessions)) as TranscriptRow[];
  const wanted = JSON.stringify(transcripts.map(({ id }) => id));
  const requests = Map.groupBy(
    db.prepare(REQUESTS).all(wanted) as StoredRequest[],
    ({ transcript }) => transcript,
  );
  const events = db.prepare("SELECT events FROM event_batch WHERE transcript = ? ORDER BY batch").pluck();
  return [...Map.groupBy(transcripts, ({ session }) => session)].map(([session, rows]) => ({
    session,
    project: rows[0]?.project ?? "",
    threads: rows.map((row) => ({
      ...toThread(row),
      requests: (requests.get(row.id) ?? []).map((request) => toRequest(request, row.agentId)),
      events: (events.all(row.id) as string[]).flatMap((batch) => JSON.parse(batch) as Event[]),
    })),
  }));
}

interface TranscriptRow {
  id: number;
  session: string;
  path: string;
  agentId: string;
  project: string;
  agentType: string | null;
  askedModel: string | null;
  parentAgentId: string | null;
  toolUseId: string | null;
}

const TRANSCRIPTS = `
  SELECT transcript.id, transcript.session, transcript.path, transcript.agent_id AS agentId, coalesce(project.path, transcript.slug) AS project,
    coalesce(agent_run.agent_type, (
      SELECT agent_type FROM context WHERE context.session = transcript.session AND context.agent_id = transcript.agent_id
        AND agent_type <> '' LIMIT 1)) AS agentType,
    agent_run.asked_model AS askedModel, agent_run.parent_agent_id AS parentAgentId, agent_run.tool_use_id AS toolUseId
  FROM transcript LEFT JOIN project USING (slug)
  LEFT JOIN agent_run ON agent_run.session = transcript.session AND agent_run.agent_id = transcript.agent_id
  WHERE transcript.session IN (SELECT value FROM json_each(?))
  ORDER BY transcript.session, transcript.agent_id, transcript.first_at, transcript.path
`;

const REQUESTS = `
  SELECT own.transcript, own.at, own.line, own.counted, context.agent_id AS agentId, context.model, context.requested, context.effort,
    context.stop, context.flags, most.input, most.output, most.thinking, most.cache_write_5m AS cacheWrite5m,
    most.cache_write_1h AS cacheWrite1h, most.cache_read AS cacheRead, most.web_searches AS webSearches, most.cost
  FROM request own JOIN context ON context.id = own.context JOIN request most ON most.id = coalesce(own.usage_from, own.id)
  WHERE own.transcript IN (SELECT value FROM json_each(?)) ORDER BY own.transcript, own.line
`;

interface StoredRequest {
  transcript: number;
  at: number;
  line: number;
  counted: number;
  agentId: string;
  model: string;
  requested: string;
  effort: string;
  stop: string;
  flags: number;
  input: number;
  output: number;
  thinking: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
  webSearches: number;
  cost: number | null;
}

function toThread(row: TranscriptRow): Omit<ThreadInput, "requests" | "events"> {
  return {
    file: row.path,
    ...(row.agentId && { agentId: row.agentId }),
    ...(row.agentType && { agentType: row.agentType }),
    ...(row.askedModel && { askedModel: row.askedModel }),
    ...(row.parentAgentId && { parentAgentId: row.parentAgentId }),
    ...(row.toolUseId && { toolUseId: row.toolUseId }),
  };
}

function toRequest(row: StoredRequest, agentId: string): RequestRow {
  const has = (flag: number): boolean => (row.flags & flag) !== 0;
  return {
    at: row.at,
    line: row.line,
    model: row.model,
    usage: {
      input: row.input,
      output: row.output,
      thinking: row.thinking,
      cacheWrite5m: row.cacheWrite5m,
      cacheWrite1h: row.cacheWrite1h,
      cacheRead: row.cacheRead,
      webSearches: row.webSearches,
    },
    ...(row.requested && { requested: row.requested }),
    ...(row.effort && { effort: row.effort }),
    ...(row.stop && { stop: row.stop }),
    ...(row.cost !== null && { costNano: row.cost }),
    ...(has(FLAG.fast) && { fast: true as const }),
    ...(has(FLAG.usOnly) && { usOnly: true as const }),
    ...(has(FLAG.batch) && { batch: true as const }),
    ...(has(FLAG.cut) && { cut: true as const }),
    ...(row.counted === 0 && { copied: true as const }),
    ...((has(FLAG.part) || row.agentId !== agentId) && { part: true as const }),
  };
}
