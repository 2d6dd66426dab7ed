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

/** The type of agents that clients before 2.1.9 started by themselves, to fill the cache: nobody gave them any work. */
export const WARM_UP = "Warmup";
