import type { FoundCheck } from "./verification.ts";

/** What the observer has to remember between two entries: little. */
export interface ObserverState {
  /** Time of the last entry that had one. */
  at: number;
  /** Tool calls whose result matters and is still to come, by id. */
  pending: Map<string, PendingTool>;
  /** Shell commands that went on in the background, by task id. */
  background: Map<string, PendingTool & { id: string }>;
  /** Other tools used since the last `tools` event. */
  counts: Record<string, number>;
  /** The message whose server-side fallback was already noted. */
  fallbackNoted?: string;
}

/** A tool call whose result is worth reading. */
interface PendingTool {
  tool: "shell" | "agent" | "plan" | "question" | "output";
  checks?: readonly FoundCheck[];
  /** `output`: the background task that is asked about. */
  task?: string;
}

/** The same, as JSON. */
export type SavedObserver = {
  [Key in keyof ObserverState]: ObserverState[Key] extends Map<string, infer Value>
    ? Readonly<Record<string, Value>>
    : ObserverState[Key];
};

export function saveState(state: ObserverState): SavedObserver {
  return {
    ...state,
    pending: Object.fromEntries(state.pending),
    background: Object.fromEntries(state.background),
    counts: { ...state.counts },
  };
}

export function restoreState(saved: SavedObserver): ObserverState {
  return {
    ...saved,
    pending: new Map(Object.entries(saved.pending)),
    background: new Map(Object.entries(saved.background)),
    counts: { ...saved.counts },
  };
}
