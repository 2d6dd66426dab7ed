import type { Category, Complexity } from "../../domain/task.ts";

interface AgentLabels {
  category: Category;
  complexity: Complexity;
}

/** The purposes of agents, by words of their type. */
const AGENT_WORDS: readonly (readonly [RegExp, Category, Complexity])[] = [
  [/explor|search|find|research|locat|scout|reader|guide/i, "question", "exploration"],
  [/architect|plan|design/i, "planning", "reasoning"],
  [/secur|audit|threat/i, "review", "reasoning"],
  [/debug|bug|fix|troubleshoot/i, "debugging", "generative"],
  [/refactor/i, "refactoring", "reasoning"],
  [/commit|changelog/i, "git", "mechanical"],
  [/format|lint|rename/i, "refactoring", "mechanical"],
  [/test-?runner|runner/i, "debugging", "mechanical"],
  [/review/i, "review", "generative"],
  [/doc|writ/i, "docs", "generative"],
  [/test|implement|cod(?:er|ing)|develop|build/i, "code-generation", "generative"],
];

/** Returns what an agent's type says about its work. */
export function agentLabels(agent: string): AgentLabels | undefined {
  const match = AGENT_WORDS.find(([pattern]) => pattern.test(agent));
  return match && { category: match[1], complexity: match[2] };
}
