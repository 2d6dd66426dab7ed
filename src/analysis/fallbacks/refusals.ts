import type { NanoUsd } from "../../domain/money.ts";
import type { ThreadInput } from "../../domain/session-input.ts";

/** One refused answer. */
export interface Refusal {
  /** ms since the epoch. */
  at: number;
  /** `main`, or the agent's id. */
  thread: string;
  /** The model that refused; empty if only a notice shows it. */
  model: string;
  file: string;
  line: number;
  /** Uuid of the prompt that it answers. */
  task: string;
  costNano: NanoUsd;
  /** A notice: the same in every copy of its entry. */
  entry?: number;
}

/** Answers that were refused: those that the client took away, and those that ended so. */
export function findRefusals({ file, agentId: thread = "main", events, requests }: ThreadInput): Refusal[] {
  const prompts = events.filter((event) => event.kind === "prompt");
  const taskAt = (line: number): string => prompts.findLast((prompt) => prompt.line <= line)?.uuid ?? "";
  const answers = requests
    .filter(({ stop, copied }) => stop === "refusal" && !copied)
    .map(({ at, line, model, costNano = 0 }) => ({
      at,
      thread,
      model,
      file,
      line,
      task: taskAt(line),
      costNano,
    }));
  const taken = events
    .filter((event) => event.kind === "refusal")
    .map(({ at, line, entry }) => ({
      at,
      thread,
      model: "",
      file,
      line,
      task: taskAt(line),
      costNano: 0,
      ...(entry !== undefined && { entry }),
    }));
  return [...answers, ...taken].sort((a, b) => a.line - b.line);
}
