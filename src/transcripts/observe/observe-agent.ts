import type { Event, Seen } from "../../domain/event.ts";
import { type Fields, fieldsOf, optionalText, textOf } from "../fields.ts";
import { readPrompt } from "./observe-user.ts";
import { emptyState, type ObserverState } from "./observer-state.ts";

/** Returns the events of an entry. */
export type ObserveEntry = (entry: Fields, seen: Seen, state: ObserverState) => Event[];

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
  const isNew = !state.agents.has(agentId);
  const agent = agentState(agentId, state);
  const inner = fieldsOf(data["message"]);
  const events: Event[] = isNew ? [toPrompt(textOf(data["prompt"]), seen)] : [];
  events.push(...observe({ cwd: entry["cwd"], ...inner, agentId }, seen, agent).filter(isWork));
  const own = withCounts(events, agent, seen);
  if (own.length === 0 && inner["type"] !== "assistant") return [];
  const toolUseId = textOf(entry["parentToolUseID"]);
  return [{ kind: "agent-progress", ...seen, agentId, toolUseId, events: own }];
}

/**
 * Returns what an entry says that an agent of an old client left in the main file. No field names the call that started the agent: it is
 * the first one with the agent's prompt that no other agent has.
 */
export function observeSideChain(
  entry: Fields,
  seen: Seen,
  state: ObserverState,
  observe: ObserveEntry,
): Event[] {
  const agentId = textOf(entry["agentId"]);
  const isNew = !state.agents.has(agentId);
  const agent = agentState(agentId, state);
  const events = withCounts(observe(entry, seen, agent), agent, seen);
  if (events.length === 0 && entry["type"] !== "assistant") return [];
  const toolUseId = isNew ? takeCall(events[0], state) : "";
  return [{ kind: "agent-progress", ...seen, agentId, toolUseId, events }];
}

/** Returns the id of the call with a prompt, and takes it from those without an agent; empty if no call has it. */
function takeCall(prompt: Event | undefined, state: ObserverState): string {
  if (prompt?.kind !== "prompt") return "";
  for (const { calls } of [state, ...state.agents.values()]) {
    const place = calls.findIndex((call) => call.prompt === prompt.text);
    if (place >= 0) return calls.splice(place, 1)[0]?.id ?? "";
  }
  return "";
}

/** Returns what is remembered of an agent of this transcript. */
function agentState(agentId: string, { agents, root }: ObserverState): ObserverState {
  let agent = agents.get(agentId);
  if (!agent) agents.set(agentId, (agent = { ...emptyState(), root }));
  return agent;
}

function withCounts(events: Event[], agent: ObserverState, seen: Seen): Event[] {
  const { counts } = agent;
  if (Object.keys(counts).length === 0) return events;
  agent.counts = {};
  return [...events, { kind: "tools", ...seen, counts }];
}

/** The first message repeats the prompt. */
function isWork({ kind }: Event): boolean {
  return kind !== "prompt";
}

function toPrompt(text: string, seen: Seen): Event {
  return { kind: "prompt", ...seen, uuid: "", source: "agent", ...readPrompt(text) };
}
