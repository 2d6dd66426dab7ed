import { OBSERVER_VERSION } from "../../domain/event.ts";
import type { PromptSignal } from "../../domain/prompt-signal.ts";
import { readSignals } from "./prompt-signals.ts";
import type { FoundCheck, ShellSurroundings } from "./verification.ts";

/** The memory of the observer between two entries. */
export interface ObserverState {
  version: number;
  /** Time of the last entry that had one. */
  at: number;
  /** The folder that the session started in. */
  root: string;
  /** Tool calls whose result matters and is still to come, by id. */
  pending: Map<string, PendingTool>;
  /** Shell commands that went on in the background, by task id. */
  background: Map<string, PendingTool & { id: string }>;
  /** Agents that older clients echo, or keep, in the transcript of their parent, by id. */
  agents: Map<string, ObserverState>;
  /** The latest calls of agents that no side chain has followed. */
  calls: OpenCall[];
  /** Other tools used since the last `tools` event, and when the last of them was. */
  counts: Record<string, number>;
  lastUse?: number;
  /** No text has answered the last prompt so far. */
  unanswered?: true;
  /** Messages that the user sent ahead, in order; null for those of the client. A new one is read when somebody needs it. */
  queue: (QueuedMessage | string | null)[];
  /** The message whose server-side fallback was already noted, and the request that its entries name. */
  fallbackNoted?: string;
  fallbackRequest?: string;
  /** The models of a fallback since the last prompt that only a block, or only a notice, has described. */
  fallbackSaid?: { by: "block" | "notice"; models: string };
}

/** A call of an agent. */
interface OpenCall {
  id: string;
  /** Hash of the prompt. */
  prompt: number;
}

/** A message that waits for the work to go on, without its text. */
export interface QueuedMessage {
  words: number;
  signals: readonly PromptSignal[];
}

/** A tool call whose result is worth reading. */
export interface PendingTool {
  tool: "shell" | "agent" | "plan" | "question" | "output";
  checks?: readonly FoundCheck[];
  /** Place in which the checks ran. */
  where?: ShellSurroundings;
  /** `output`: the background task that is asked about. */
  task?: string;
}

/** The same, as JSON. */
export type SavedObserver = {
  [Key in keyof ObserverState]: Key extends "agents"
    ? Readonly<Record<string, SavedObserver>>
    : Key extends "queue"
      ? readonly (QueuedMessage | null)[]
      : ObserverState[Key] extends Map<string, infer Value>
        ? Readonly<Record<string, Value>>
        : ObserverState[Key];
};

export function emptyState(): ObserverState {
  return {
    version: OBSERVER_VERSION,
    at: 0,
    root: "",
    pending: new Map(),
    background: new Map(),
    agents: new Map(),
    calls: [],
    counts: {},
    queue: [],
  };
}

export function saveState(state: ObserverState): SavedObserver {
  return {
    ...state,
    pending: Object.fromEntries(state.pending),
    background: Object.fromEntries(state.background),
    agents: Object.fromEntries([...state.agents].map(([id, agent]) => [id, saveState(agent)])),
    calls: [...state.calls],
    counts: { ...state.counts },
    queue: state.queue.map(readMessage),
  };
}

/** Returns what is kept of a message. */
export function readMessage(message: QueuedMessage | string | null): QueuedMessage | null {
  if (typeof message !== "string") return message;
  return { words: message.split(/\s+/).length, signals: readSignals(message) };
}

export function restoreState(saved: SavedObserver): ObserverState {
  return {
    ...saved,
    pending: new Map(Object.entries(saved.pending)),
    background: new Map(Object.entries(saved.background)),
    agents: new Map(Object.entries(saved.agents).map(([id, agent]) => [id, restoreState(agent)])),
    calls: [...saved.calls],
    counts: { ...saved.counts },
    queue: [...saved.queue],
  };
}

/** Returns whether the block of an answer and the notice beside it describe one fallback, although they name no common request. */
export function isSaidAgain(state: ObserverState, by: "block" | "notice", models: string): boolean {
  const before = state.fallbackSaid;
  state.fallbackSaid = { by, models };
  return before !== undefined && before.by !== by && before.models === models;
}
