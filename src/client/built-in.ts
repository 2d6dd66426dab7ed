import type { AgentModel } from "./types.ts";
import { isAtLeast, SINCE } from "./version.ts";

/** The agents that Claude Code brings along, with what their definitions say; a file of the same name hides them. */
export function builtInAgents(version: string): AgentModel[] {
  const explore = isAtLeast(version, SINCE.exploreInherits) ? "inherit" : "haiku";
  return [
    builtIn("general-purpose", undefined),
    builtIn("claude", undefined),
    builtIn("Explore", explore),
    builtIn("Plan", "inherit"),
    builtIn("statusline-setup", "sonnet"),
    builtIn("claude-code-guide", "haiku"),
  ];
}

function builtIn(name: string, model: string | undefined): AgentModel {
  return { name, model, effort: undefined, where: "built-in" };
}
