import { isFamily } from "../domain/model.ts";
import type { Routing } from "./change.ts";
import type { AgentFile } from "./discover.ts";
import { latin1 } from "./frontmatter.ts";

/** Words of a description that ask for care. */
const CARE =
  /\b(?:(?:mistakes?|errors?|failures?)(?: here)? (?:\w+ )?(?:are|is|can be|could be|would be) (?:very |extremely )?(?:costly|expensive|dangerous|fatal|irreversible|unacceptable|catastrophic)|(?:costly|expensive|critical|irreversible) (?:mistakes?|errors?)|irreversibl[ey]|high[- ]stakes|(?:safety|mission|life)[- ]critical|must (?:never|not) (?:fail|be wrong|make (?:a )?mistakes?)|zero[- ]tolerance)\b/i;

/** Returns why an agent's model or effort looks deliberate, if adopting would change it; otherwise undefined. */
export function deliberatePin(agent: AgentFile, to: Routing): string | undefined {
  const model = agent.model?.trim().toLowerCase();
  if (model === to.model && agent.effort === to.effort) return undefined;
  if (model?.endsWith("[1m]")) return `${agent.model} asks for the large context window`;
  if (agent.effort?.toLowerCase() === "max") return "effort: max was chosen on purpose";
  if (model !== undefined && model !== "inherit" && !isFamily(model))
    return `${agent.model} is an exact model`;
  if (hasComment(agent)) return "a comment beside its model or effort explains the choice";
  return CARE.test(agent.description ?? "") ? "its description says that mistakes are costly" : undefined;
}

/** Returns the comment behind the model or the effort, or on the line above. */
function hasComment({ bytes, frontMatter }: AgentFile): boolean {
  const lines = latin1(bytes.subarray(frontMatter.start, frontMatter.end)).split(/\r?\n/);
  return lines.some(
    (line, index) =>
      /^\s*["']?(?:model|effort)["']?\s*:/.test(line) &&
      (/\s#/.test(line) || /^\s*#/.test(lines[index - 1] ?? "")),
  );
}
