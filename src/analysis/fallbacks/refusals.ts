import type { NanoUsd } from "../../domain/money.ts";
import type { ThreadInput } from "../../domain/session-input.ts";

/** One refused answer. */
export interface Refusal {
  file: string;
  line: number;
  /** Uuid of the prompt that it answers. */
  task: string;
  costNano: NanoUsd;
}

/** Answers that were refused: those that the client took away, and those that ended so. */
export function findRefusals({ file, events, requests }: ThreadInput): Refusal[] {
  const prompts = events.filter((event) => event.kind === "prompt");
  const taskAt = (line: number): string => prompts.findLast((prompt) => prompt.line <= line)?.uuid ?? "";
  const answers = requests
    .filter(({ stop, copied }) => stop === "refusal" && !copied)
    .map(({ line, costNano = 0 }) => ({ file, line, task: taskAt(line), costNano }));
  const taken = events
    .filter((event) => event.kind === "refusal")
    .map(({ line }) => ({ file, line, task: taskAt(line), costNano: 0 }));
  return [...answers, ...taken].sort((a, b) => a.line - b.line);
}
