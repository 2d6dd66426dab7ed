import { FLAG } from "../domain/file-scan.ts";
import type { RequestRow, SessionInput, ThreadInput } from "../domain/session-input.ts";
import type { Usage } from "../domain/usage.ts";
import { createEventReader } from "./events.ts";
import type { Tables } from "./open.ts";
import { idsOf } from "./requests.ts";
import { selectUsage } from "./usage-columns.ts";

/** Yields everything that is kept under some session ids, one session at a time because they are large. */
export function* readSessions(store: Tables, sessions: readonly string[]): Generator<SessionInput> {
  const transcripts = store.db.prepare<[string], TranscriptRow>(TRANSCRIPTS).all(JSON.stringify(sessions));
  const requestsOf = createThreadReader(store);
  const eventsOf = createEventReader(store);
  for (const [session, rows] of Map.groupBy(transcripts, ({ session }) => session))
    yield {
      session,
      project: rows[0]?.project ?? "",
      threads: rows.map((row) => ({
        ...toThread(row),
        requests: requestsOf(row.id).map((request) => toRequest(request, row.agentId)),
        events: eventsOf(row.id),
      })),
    };
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
  SELECT id, transcript.session, path, transcript.agent_id AS agentId, project, agent_type AS agentType,
    asked_model AS askedModel, parent_agent_id AS parentAgentId, tool_use_id AS toolUseId
  FROM transcript LEFT JOIN agent_run USING (session, agent_id)
  WHERE transcript.session IN (SELECT value FROM json_each(?))
  ORDER BY transcript.session, transcript.agent_id, first_at, path`;

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

interface ThreadRow extends Usage {
  at: number;
  line: number;
  counted: number;
  agentId: string;
  model: string;
  requested: string;
  effort: string;
  stop: string;
  flags: number;
  cost: number | null;
}

/** In order of first appearance; an occurrence that does not count shows what came before. */
const REQUESTS = `
  SELECT own.at, own.line, own.counted, context.agent_id AS agentId, model, requested, effort, own.stop, flags,
    ${selectUsage("most")}, most.cost
  FROM request AS own JOIN context ON context.id = own.context JOIN request AS most ON most.id = coalesce(own.usage_of, own.id)
  WHERE own.id >= ? AND own.id < ? ORDER BY own.id`;

function createThreadReader({ db }: Tables): (transcript: number) => ThreadRow[] {
  const read = db.prepare<[number, number], ThreadRow>(REQUESTS);
  return (transcript) => {
    const { from, to } = idsOf(transcript);
    return read.all(from, to);
  };
}

function toRequest(from: ThreadRow, agentId: string): RequestRow {
  const { at, line, model, requested, effort, stop, flags, cost } = from;
  const { input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead, webSearches } = from;
  const usage = { input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead, webSearches };
  const row: RequestRow = { at, line, model, usage };
  // Field by field: there are many, and each spread would make an object.
  if (requested) row.requested = requested;
  if (effort) row.effort = effort;
  if (stop) row.stop = stop;
  if (cost !== null) row.costNano = cost;
  if (flags & FLAG.fast) row.fast = true;
  if (flags & FLAG.usOnly) row.usOnly = true;
  if (flags & FLAG.batch) row.batch = true;
  if (flags & FLAG.cut) row.cut = true;
  if (from.counted === 0) row.copied = true;
  if (flags & FLAG.part || from.agentId !== agentId) row.part = true;
  return row;
}
