import type { Event } from "../domain/event.ts";
import { AT, FLAG, WIDTH } from "../domain/file-scan.ts";
import type { RequestRow, SessionInput, ThreadInput } from "../domain/session-input.ts";
import { NO_USAGE } from "../domain/usage.ts";
import type { Store } from "./open.ts";
import { createPackReader, type PackedContext, type RequestPack } from "./request-packs.ts";
import type { CopiesOf } from "./request-sums.ts";
import { readCopies, takeUsage } from "./spent.ts";

/** Everything kept under some session ids, as the rules for outcomes want it: one session at a time, for they are large. */
export function* readSessions(store: Store, sessions: readonly string[]): Generator<SessionInput> {
  const { db } = store;
  const transcripts = db.prepare(TRANSCRIPTS).all(JSON.stringify(sessions)) as TranscriptRow[];
  const copies = readCopies(store);
  const readPack = createPackReader(store);
  const events = db.prepare("SELECT events FROM event_batch WHERE transcript = ? ORDER BY batch").pluck();
  for (const [session, rows] of Map.groupBy(transcripts, ({ session }) => session))
    yield {
      session,
      project: rows[0]?.project ?? "",
      threads: rows.map((row) => ({
        ...toThread(row),
        requests: requestsOf(readPack(row.id), copies.get(row.id), row.agentId),
        events: (events.all(row.id) as string[]).flatMap((batch) => JSON.parse(batch) as Event[]),
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
  SELECT transcript.id, transcript.session, transcript.path, transcript.agent_id AS agentId, coalesce(project.path, transcript.slug) AS project,
    agent_run.agent_type AS agentType, agent_run.asked_model AS askedModel, agent_run.parent_agent_id AS parentAgentId, agent_run.tool_use_id AS toolUseId
  FROM transcript LEFT JOIN project USING (slug)
  LEFT JOIN agent_run ON agent_run.session = transcript.session AND agent_run.agent_id = transcript.agent_id
  WHERE transcript.session IN (SELECT value FROM json_each(?))
  ORDER BY transcript.session, transcript.agent_id, transcript.first_at, transcript.path
`;

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

function requestsOf(
  pack: RequestPack | undefined,
  copies: CopiesOf | undefined,
  agentId: string,
): RequestRow[] {
  if (!pack) return [];
  return Array.from({ length: pack.numbers.length / WIDTH }, (_, row) => {
    const own = pack.numbers.subarray(row * WIDTH, (row + 1) * WIDTH);
    const context = pack.contexts[own[AT.context] as number] as PackedContext;
    const copy = copies?.get(row);
    return toRequest(own, copy ?? own, context, { isCopy: copy === null, agentId });
  });
}

function toRequest(
  own: Float64Array,
  most: Float64Array,
  { model, requested, effort, stop, flags, agentId }: PackedContext,
  of: { isCopy: boolean; agentId: string },
): RequestRow {
  const { cost, ...usage } = takeUsage({ ...NO_USAGE, cost: null }, most, 0);
  const row: RequestRow = { at: own[AT.at] as number, line: own[AT.line] as number, model, usage };
  // Field by field: there are many, and each spread would make an object.
  if (requested) row.requested = requested;
  if (effort) row.effort = effort;
  if (stop) row.stop = stop;
  if (cost !== null) row.costNano = cost;
  if (flags & FLAG.fast) row.fast = true;
  if (flags & FLAG.usOnly) row.usOnly = true;
  if (flags & FLAG.batch) row.batch = true;
  if (flags & FLAG.cut) row.cut = true;
  if (of.isCopy) row.copied = true;
  if (flags & FLAG.part || agentId !== of.agentId) row.part = true;
  return row;
}
