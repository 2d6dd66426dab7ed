import type { OpenedHistory } from "../history/open-history.ts";
import { hasTrials } from "../operations/impact.ts";
import type { Io } from "./io.ts";

const ENDS_TRIALS = new Set(["recommend", "impact"]);

/** Says that a trial is due, in reports on tasks that do not end it. */
export async function dueTrialNotices(command: string, history: OpenedHistory, io: Io): Promise<string[]> {
  if (ENDS_TRIALS.has(command) || !hasTrials(history)) return [];
  const { countDueTrials } = await import("../operations/trials.ts"); // it can revert as well, and takes 5 ms to load
  const due = countDueTrials(history, io.now());
  if (due === 0) return [];
  return [
    `${due === 1 ? "a trial is" : `${due} trials are`} due: rolecall impact ends ${due === 1 ? "it" : "them"}`,
  ];
}
