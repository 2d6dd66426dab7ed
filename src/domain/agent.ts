/** Where an agent definition lives, the strongest first: a name in a stronger place hides it in a weaker one. */
export const AGENT_LEVELS = ["managed", "project", "user", "plugin", "built-in"] as const;
export type AgentLevel = (typeof AGENT_LEVELS)[number];

/** An agent as Claude Code loads it from one file. */
export interface AgentDefinition {
  name: string;
  description: string | undefined;
  /** As written; undefined where it is missing or empty or no text, which Claude Code takes for missing. */
  model: string | undefined;
  /** As written: a word, or a whole number. */
  effort: string | number | undefined;
  /** Undefined leaves it every tool. */
  tools: readonly string[] | undefined;
  level: AgentLevel;
  path: string | undefined;
}
