import type { AgentRunFacts } from "../domain/agent-run.ts";
import { createRowInserter } from "./insert-rows.ts";
import type { Tables } from "./open.ts";

export const AGENT_RUNS_SCHEMA = `
-- Every agent run that occurs, whatever is known of it.
CREATE TABLE agent_run (
  session TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  agent_type TEXT,
  -- The model that the caller asked for.
  asked_model TEXT,
  parent_agent_id TEXT,
  tool_use_id TEXT,
  depth INTEGER,
  PRIMARY KEY (session, agent_id)
) STRICT, WITHOUT ROWID;
`;

/** Makes a writer of what is known of agent runs; what was known before and is not stated again stays. */
export function createAgentRunWriter({ db }: Tables) {
  const rows = createRowInserter(
    db,
    "agent_run",
    "session, agent_id, agent_type, asked_model, parent_agent_id, tool_use_id, depth",
    `ON CONFLICT DO UPDATE SET agent_type = coalesce(excluded.agent_type, agent_type),
      asked_model = coalesce(excluded.asked_model, asked_model),
      parent_agent_id = coalesce(excluded.parent_agent_id, parent_agent_id),
      tool_use_id = coalesce(excluded.tool_use_id, tool_use_id), depth = coalesce(excluded.depth, depth)`,
  );
  return {
    write(session: string, agentId: string, facts: AgentRunFacts): void {
      const {
        agentType = null,
        askedModel = null,
        parentAgentId = null,
        toolUseId = null,
        depth = null,
      } = facts;
      rows.add(session, agentId, agentType, askedModel, parentAgentId, toolUseId, depth);
    },
    flush: rows.flush,
  };
}

/**
 * Gives the agents of some sessions, or of all, their types. Clients that wrote no `.meta.json` state the type only in the parent's
 * transcript: the call names it, and its result names the agent.
 */
export function writeAgentTypes({ db }: Tables, sessions?: Iterable<string>): void {
  const wanted = { sessions: sessions ? JSON.stringify([...sessions]) : null };
  db.prepare(FROM_CALLS).run(wanted);
  db.prepare(OF_CONTEXTS).run(wanted);
}

/** Returns the paths of the transcripts of sessions in which the type of some agent is not known. */
export function readNamelessPaths({ db }: Tables): Set<string> {
  return new Set(
    db
      .prepare<[], string>(
        "SELECT path FROM transcript WHERE session IN (SELECT session FROM agent_run WHERE agent_type IS NULL)",
      )
      .pluck()
      .all(),
  );
}

/**
 * The call's result names the agent, or an echo of the agent's messages names the call, or the agent's own first prompt is that of the
 * call. The last of these is all that there is while an agent runs, or when its call was rejected.
 */
const FROM_CALLS = `
  WITH nameless AS (
    SELECT session, agent_id FROM agent_run
    WHERE agent_type IS NULL AND (@sessions IS NULL OR session IN (SELECT value FROM json_each(@sessions)))
  ), stated AS MATERIALIZED (
    SELECT transcript.session, transcript.agent_id AS thread, value
    FROM (SELECT DISTINCT session FROM nameless) JOIN transcript USING (session)
    JOIN event_batch ON event_batch.transcript = transcript.id, json_each(event_batch.events)
    WHERE value ->> 'kind' IN ('agent-call', 'result', 'agent-progress', 'prompt')
  ), event AS MATERIALIZED (
    SELECT session, thread, value ->> 'kind' AS kind, coalesce(value ->> 'id', value ->> 'toolUseId') AS id,
      value ->> 'agent' AS agent, value ->> 'model' AS model, value ->> 'agentId' AS agent_id,
      coalesce(value ->> 'prompt', value ->> 'text') AS prompt
    FROM (
      SELECT session, thread, value FROM stated
      UNION ALL
      SELECT session, stated.value ->> 'agentId', inner.value FROM stated, json_each(stated.value -> 'events') AS inner
      WHERE stated.value ->> 'kind' = 'agent-progress' AND inner.value ->> 'kind' IN ('agent-call', 'result', 'prompt')
    )
  ), named AS (
    SELECT nameless.session, nameless.agent_id, call.agent, call.model, call.id, 1 AS claim FROM nameless
    JOIN event AS naming ON naming.session = nameless.session AND naming.agent_id = nameless.agent_id
      AND naming.kind IN ('result', 'agent-progress')
    JOIN event AS call ON call.session = naming.session AND call.id = naming.id AND call.kind = 'agent-call'
    UNION ALL
    SELECT nameless.session, nameless.agent_id, call.agent, call.model, call.id, 2 FROM nameless
    JOIN event AS own ON own.session = nameless.session AND own.thread = nameless.agent_id AND own.kind = 'prompt'
    JOIN event AS call ON call.session = own.session AND call.prompt = own.prompt AND call.kind = 'agent-call'
  )
  INSERT INTO agent_run (session, agent_id, agent_type, asked_model, tool_use_id)
  SELECT session, agent_id, agent, model, id FROM named WHERE true ORDER BY claim DESC
  ON CONFLICT DO UPDATE SET agent_type = excluded.agent_type, asked_model = coalesce(excluded.asked_model, asked_model),
    tool_use_id = excluded.tool_use_id`;

const OF_CONTEXTS = `
  UPDATE context SET agent = agent_run.agent_type FROM agent_run
  WHERE context.agent_id <> '' AND context.agent_type = '' AND agent_run.session = context.session
    AND agent_run.agent_id = context.agent_id AND agent_run.agent_type IS NOT NULL AND context.agent <> agent_run.agent_type
    AND (@sessions IS NULL OR context.session IN (SELECT value FROM json_each(@sessions)))`;
