import { ACTIVITIES, type TranscriptBlock } from "../../domain/ledger-input.ts";
import type { AnswerCalls } from "../../domain/ledger.ts";

/** An answer without calls. */
export const NO_CALLS: AnswerCalls = { activity: "answer", count: 0, reads: [], edits: [], known: false };

/** Returns what the calls among the blocks of an answer do. */
export function callsOf(answer: readonly TranscriptBlock[]): AnswerCalls {
  const calls = answer.filter(({ kind }) => kind === "call");
  const [only] = calls;
  if (!only) return NO_CALLS;
  const targets = (isEdit: boolean) =>
    calls.flatMap(({ activity, target }) =>
      target !== undefined && (activity === "edit") === isEdit ? [target] : [],
    );
  return {
    activity: ACTIVITIES.find((activity) => calls.some((call) => call.activity === activity)) ?? "answer",
    count: calls.length,
    reads: targets(false),
    edits: targets(true),
    known: calls.length === 1 && only.known === true,
  };
}
