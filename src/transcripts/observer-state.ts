import type { FoundCheck } from "./verification.ts";

/** What the observer has to remember between two entries: small, and JSON. */
export interface ObserverState {
  /** Time of the last entry that had one. */
  at: number;
  /** Tool calls whose result matters and is still to come. */
  pending: Record<string, PendingTool>;
  /** Shell commands that went on in the background, by task id. */
  background: Record<string, PendingTool & { id: string }>;
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
