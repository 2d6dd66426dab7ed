import { FLAG } from "../domain/file-scan.ts";
import type { RequestRow, SessionInput, ThreadInput } from "../domain/session-input.ts";
import { createEventReader } from "./events.ts";
import type { Tables } from "./open.ts";
import { idsOf } from "./requests.ts";
import { selectUsage, toUsage } from "./usage-columns.ts";

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
        requests: requestsOf(row.id, row.agentId),
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

/** In order of first appearance; an occurrence that does not count shows what came before. */
const REQUESTS = `
  SELECT own.at, own.line, own.counted, own.context, own.stop, most.cost, ${selectUsage("most")}
  FROM request AS own JOIN request AS most ON most.id = coalesce(own.usage_of, own.id)
  WHERE own.id >= ? AND own.id < ? ORDER BY own.id`;

/** Apart from the requests: there are few, and each request would get texts of its own. */
const CONTEXTS =
  "SELECT id, agent_id AS agentId, model, requested, effort, flags FROM context WHERE transcript = ?";

type ThreadRow = readonly (number | string | null)[];

interface ThreadContext {
  id: number;
  agentId: string;
  model: string;
  requested: string;
  effort: string;
  flags: number;
}

/** Makes a function that returns the requests of a transcript of the agent given. */
function createThreadReader({ db }: Tables): (transcript: number, agentId: string) => RequestRow[] {
  const readRows = db.prepare<[number, number], ThreadRow>(REQUESTS).raw();
  const readContexts = db.prepare<[number], ThreadContext>(CONTEXTS);
  return (transcript, agentId) => {
    const { from, to } = idsOf(transcript);
    const contexts = new Map(readContexts.all(transcript).map((context) => [context.id, context]));
    return readRows
      .all(from, to)
      .map((row) => toRequest(row, contexts.get(row[3] as number) as ThreadContext, agentId));
  };
}

function toRequest(
  values: ThreadRow,
  { agentId, model, requested, effort, flags }: ThreadContext,
  threadAgent: string,
): RequestRow {
  const [stop, cost] = [values[4] as string, values[5] as number | null];
  const row: RequestRow = {
    at: values[0] as number,
    line: values[1] as number,
    model,
    usage: toUsage(values, 6),
  };
  // Field by field: there are many, and each spread would make an object.
  if (requested) row.requested = requested;
  if (effort) row.effort = effort;
  if (stop) row.stop = stop;
  if (cost !== null) row.costNano = cost;
  if (flags & FLAG.fast) row.fast = true;
  if (flags & FLAG.usOnly) row.usOnly = true;
  if (flags & FLAG.batch) row.batch = true;
  if (flags & FLAG.cut) row.cut = true;
  if (values[2] === 0) row.copied = true;
  if (flags & FLAG.part || agentId !== threadAgent) row.part = true;
  return row;
}
