import type { AgentRunFacts } from "../domain/agent-run.ts";
import type { Store } from "./open.ts";

/** Keeps what is known of agent runs; what was known before and is not said anew stays. */
export function createAgentRunWriter({
  db,
}: Store): (session: string, agentId: string, facts: AgentRunFacts) => void {
  const insert = db.prepare(`
    INSERT INTO agent_run VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET agent_type = coalesce(excluded.agent_type, agent_type),
      asked_model = coalesce(excluded.asked_model, asked_model),
      parent_agent_id = coalesce(excluded.parent_agent_id, parent_agent_id),
      tool_use_id = coalesce(excluded.tool_use_id, tool_use_id), depth = coalesce(excluded.depth, depth)`);
  return (session, agentId, facts) => {
    const {
      agentType = null,
      askedModel = null,
      parentAgentId = null,
      toolUseId = null,
      depth = null,
    } = facts;
    insert.run(session, agentId, agentType, askedModel, parentAgentId, toolUseId, depth);
  };
}

/**
 * Clients that wrote no `.meta.json` tell what type an agent is only where it was called: in the parent's transcript, whose
 * result names the agent. Looks there for the agents that nothing else says it of, in `sessions` or in all.
 */
export function resolveAgentTypes({ db }: Store, sessions?: Iterable<string>): void {
  db.prepare(FROM_CALLS).run({ sessions: sessions ? JSON.stringify([...sessions]) : null });
}

/** Whether there are agents that nothing says the type of. */
export function hasNamelessAgents({ db }: Store): boolean {
  return db.prepare("SELECT 1 FROM agent_run WHERE agent_type IS NULL LIMIT 1").get() !== undefined;
}

const FROM_CALLS = `
  WITH nameless AS (
    SELECT session, agent_id FROM agent_run
    WHERE agent_type IS NULL AND (@sessions IS NULL OR session IN (SELECT value FROM json_each(@sessions)))
  ), event AS MATERIALIZED (
    SELECT transcript.session, value ->> 'kind' AS kind, value ->> 'id' AS id, value ->> 'agent' AS agent,
      value ->> 'model' AS model, value ->> 'agentId' AS agent_id
    FROM (SELECT DISTINCT session FROM nameless) JOIN transcript USING (session)
    JOIN event_batch ON event_batch.transcript = transcript.id, json_each(event_batch.events)
    WHERE value ->> 'kind' IN ('agent-call', 'result')
  )
  INSERT INTO agent_run (session, agent_id, agent_type, asked_model, tool_use_id)
  SELECT nameless.session, nameless.agent_id, call.agent, call.model, call.id FROM nameless
  JOIN event AS result ON result.session = nameless.session AND result.agent_id = nameless.agent_id
  JOIN event AS call ON call.session = result.session AND call.id = result.id AND call.kind = 'agent-call'
  WHERE true
  ON CONFLICT DO UPDATE SET agent_type = excluded.agent_type, asked_model = coalesce(asked_model, excluded.asked_model),
    tool_use_id = coalesce(tool_use_id, excluded.tool_use_id)`;
