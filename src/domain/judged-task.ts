import type { Bill } from "./bill.ts";
import type { Task } from "./task.ts";

/** A task as the rules judged it, with what only reports need. */
export interface JudgedTask extends Task {
  /** The same in every fork and branch that copied it: the prompt's uuid, or the agent id. */
  key: string;
  /** Path of the transcript. */
  file: string;
  /** First line, 1-based. */
  line: number;
  /** Agent runs: the model that the call asked for, as written. */
  askedModel?: string;
  /** Agent runs: the exact model that the client made of it. */
  resolvedModel?: string;
  /** Requests that another model answered than was asked for. */
  substituted: number;
  /** Its own requests, by what decides their price. */
  bills: readonly Bill[];
  /** Lines of the longest edit or file written. */
  longestEdit: number;
  /** Lines of all edits and files written. */
  linesWritten: number;
  /** It began in plan mode. */
  planMode: boolean;
  /** It was switched automatically because a model was not available. */
  availabilityFallback: boolean;
  /** Waited before retries. */
  retryDelayMs: number;
  /** Signs that it went in loops, whatever came of it. */
  loops: number;
  /** The number of the goal within the session that it pursues, from 0; absent for agent runs without a known parent. */
  goal?: number;
  /** Hash of the plan that it ended with, where its approval may have left the conversation. */
  plan?: number;
  /** The plan that it carries out, and the session that made it, where its prompt names it. */
  carriesOut?: { plan: number; session?: string };
  /** The session in which that plan was carried out, where it is another one. */
  carriedOutIn?: string;
  /** Agent runs that are known only from their parent's transcript: the tokens that the client reported. */
  reportedTokens?: number;
}

/** Returns whether a model worked on a task: a prompt that ended before any answer is in no table of tasks. */
export function isAnswered({ models }: Pick<JudgedTask, "models">): boolean {
  return models.length > 0;
}
