import type { Event, PromptEvent } from "../../domain/event.ts";
import type { Categories } from "../../domain/task.ts";
import type { Work } from "./work.ts";

/** The evidence that the labels of a task are derived from. */
export interface Clues {
  prompt?: Pick<PromptEvent, "topics" | "words" | "signals" | "lean">;
  /** The agent type; `main` for a turn. */
  agent: string;
  events: readonly Event[];
  work: Work;
  /** Files that it or its agents edited. */
  files: ReadonlySet<string>;
  /** All of them hold prose. */
  onlyDocs: boolean;
  /** All of them hold plans. */
  onlyPlans: boolean;
  linesWritten: number;
  /** Different lines that those edits put in and took out. */
  linesAdded: number;
  linesRemoved: number;
  requests: number;
  planMode: boolean;
  /** It had agents work whose transcripts are not there. */
  unseen: boolean;
  /** Statements of its last text about the work; absent for work that is still to be done. */
  closing?: readonly string[];
  /** Turns: what the last text of the turn before says, whose offer a bare "yes" takes, and the labels of that turn. */
  offer?: readonly string[];
  before?: Categories;
}

/** From so many lines on it says something how many are taken out. */
const FEW_REMOVED = 3;
/** An edit that removes nearly as many lines as it adds rewrites the same code. */
const SAME_SIZE = 0.66;

/** Returns whether the edits of a task take out about as many lines as they put in. */
export function isReplacing({ linesAdded, linesRemoved }: Clues): boolean {
  return linesRemoved >= FEW_REMOVED && linesRemoved >= linesAdded * SAME_SIZE;
}
