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
