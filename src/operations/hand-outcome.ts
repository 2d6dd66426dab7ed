import type { JudgedTask } from "../domain/judged-task.ts";
import { UsageError } from "../errors.ts";
import { type HandOutcome, readHandOutcomes, writeHandOutcome } from "../store/hand-outcomes.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { findOneSession } from "./find-session.ts";
import { readSessionTimeline } from "./session.ts";

/** A task's outcome as the user says it, beside what was inferred. */
export interface Overruled {
  task: JudgedTask;
  inferred: string;
  verdict: HandOutcome["verdict"];
}

/**
 * Overrides the outcome of `SESSION` (its last turn) or `SESSION:TASK` (a turn's number or the start of an agent's ID). SESSION is the start of
 * an ID or words of a title. Throws UsageError if the session or the task is not found, or if several sessions match.
 */
export function markOutcome(
  history: OpenedHistory,
  which: string,
  verdict: HandOutcome["verdict"],
  now: number,
): Overruled {
  const [, text = which, wanted] = /^(.*):([\w-]+)$/s.exec(which) ?? []; // a title can have a colon before a space
  const id = findOneSession(history, text);
  const { tasks } = readSessionTimeline(history, id);
  const turns = tasks.filter(({ kind }) => kind === "turn");
  const task =
    wanted === undefined
      ? turns.at(-1)
      : (turns.find(({ index }) => String(index) === wanted) ??
        tasks.find(({ agentId }) => agentId?.startsWith(wanted)));
  if (!task)
    throw new UsageError(`session ${id}: unknown task "${wanted ?? "0"}"`, {
      hint: `Expected a turn from 0 to ${turns.length - 1}. Try rolecall session ${id.slice(0, 8)}, which lists them.`,
    });
  const before = readHandOutcomes(history.store).find((one) => one.task === task.key);
  const inferred = before?.inferred ?? task.outcome;
  writeHandOutcome(history.store, { task: task.key, session: id, verdict, inferred, at: now });
  return { task, inferred, verdict };
}
