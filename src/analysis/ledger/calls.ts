import { ACTIVITIES, type TranscriptBlock } from "../../domain/ledger-input.ts";
import type { AnswerCalls } from "../../domain/ledger.ts";

/** An answer without calls. */
export const NO_CALLS: AnswerCalls = {
  activity: "answer",
  count: 0,
  names: [],
  reads: [],
  edits: [],
  known: false,
};

/** Returns what the calls among the blocks of an answer do. `before` are the blocks between it and the former one. */
export function callsOf(
  answer: readonly TranscriptBlock[],
  before: readonly TranscriptBlock[] = [],
): AnswerCalls {
  const commands = before.filter(({ kind, answer: own }) => kind === "call" && own === undefined);
  const calls = answer.filter(({ kind }) => kind === "call");
  const [only] = calls;
  if (!only) return commands.length > 0 ? { ...NO_CALLS, names: commands.map(({ name }) => name) } : NO_CALLS;
  const targets = (isEdit: boolean) =>
    calls.flatMap(({ activity, target }) =>
      target !== undefined && (activity === "edit") === isEdit ? [target] : [],
    );
  return {
    activity: ACTIVITIES.find((activity) => calls.some((call) => call.activity === activity)) ?? "answer",
    count: calls.length,
    names: [...commands, ...calls].map(({ name }) => name),
    reads: targets(false),
    edits: targets(true),
    known: calls.length === 1 && only.known === true,
  };
}
