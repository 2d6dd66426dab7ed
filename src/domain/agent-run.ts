/** Facts about an agent run besides its requests. */
export interface AgentRunFacts {
  agentType?: string;
  /** The alias or id that the caller asked for. */
  askedModel?: string;
  parentAgentId?: string;
  /** The tool call of the parent that started it. */
  toolUseId?: string;
  /** 1 for an agent that the main thread called. */
  depth?: number;
}
