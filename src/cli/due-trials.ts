import type { OpenedHistory } from "../history/open-history.ts";
import { countDueTrials, hasTrials } from "../operations/trials.ts";
import type { Io } from "./io.ts";

const ENDS_TRIALS = new Set(["recommend", "impact"]);

/** Says that a trial is due, in reports on tasks that do not end it. */
export function dueTrialNotices(command: string, history: OpenedHistory, io: Io): string[] {
  if (ENDS_TRIALS.has(command) || !hasTrials(history)) return [];
  const due = countDueTrials(history, io.now());
  if (due === 0) return [];
  return [
    `${due === 1 ? "a trial is" : `${due} trials are`} due: rolecall impact ends ${due === 1 ? "it" : "them"}`,
  ];
}
