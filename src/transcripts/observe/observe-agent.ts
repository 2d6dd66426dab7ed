import type { Event, Seen } from "../../domain/event.ts";
import { type Fields, fieldsOf, optionalText, textOf } from "../fields.ts";
import { readPrompt } from "./observe-user.ts";
import { emptyState, type ObserverState } from "./observer-state.ts";

type ObserveEntry = (entry: Fields, seen: Seen, state: ObserverState) => Event[];

/**
 * Returns what an agent's message says that an older client echoed in its parent's transcript. The agent's own file may be
 * missing; then these events are all that is known of its run.
 */
export function observeProgress(
  entry: Fields,
  seen: Seen,
  state: ObserverState,
  observe: ObserveEntry,
): Event[] {
  const data = fieldsOf(entry["data"]);
  const agentId = optionalText(data["agentId"]);
  if (data["type"] !== "agent_progress" || agentId === undefined) return [];
  const known = state.agents.get(agentId);
  const agent = known ?? { ...emptyState(), root: state.root };
  if (!known) state.agents.set(agentId, agent);
  const inner = fieldsOf(data["message"]);
  const events: Event[] = known ? [] : [toPrompt(textOf(data["prompt"]), seen)];
  events.push(...observe({ cwd: entry["cwd"], ...inner, agentId }, seen, agent).filter(isWork));
  if (Object.keys(agent.counts).length > 0) {
    events.push({ kind: "tools", ...seen, counts: agent.counts });
    agent.counts = {};
  }
  if (events.length === 0 && inner["type"] !== "assistant") return [];
  return [{ kind: "agent-progress", ...seen, agentId, toolUseId: textOf(entry["parentToolUseID"]), events }];
}

/** The first message repeats the prompt. */
function isWork({ kind }: Event): boolean {
  return kind !== "prompt";
}

function toPrompt(text: string, seen: Seen): Event {
  return { kind: "prompt", ...seen, uuid: "", source: "agent", ...readPrompt(text) };
}
