import type { AdviceContext } from "./context.ts";
import { keyOf, type RoleView } from "./role-view.ts";

/** Agents built into Claude Code that run on the session's model unless a file of their name says otherwise. */
const BUILT_IN = new Set(["explore", "plan", "general-purpose"]);

/** Whether the role runs on what the main session runs on only because nobody said otherwise. */
export function isInherited(view: RoleView, { roles }: AdviceContext): boolean {
  const main = roles.find(({ role }) => role === "main");
  const builtIn = view.agents.every((agent) => BUILT_IN.has(agent.toLowerCase()));
  return builtIn && !!main && keyOf(main.current.assignment) === keyOf(view.current.assignment);
}
