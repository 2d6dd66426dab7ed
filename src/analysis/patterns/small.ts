import type { JudgedTask } from "../../domain/judged-task.ts";

const MOST_FILES = 3;
const MOST_LINES = 60;
/** A turn with this many requests is not small, whatever it changed. */
const MOST_REQUESTS = 12;

/** Returns whether a task took few requests and changed little. */
export function isSmall({ filesTouched, linesWritten, requests }: JudgedTask): boolean {
  return filesTouched <= MOST_FILES && linesWritten <= MOST_LINES && requests <= MOST_REQUESTS;
}

/** Returns a function that says whether a task gave work to agents: it does more than what is left to itself. */
export function delegationOf(tasks: readonly JudgedTask[]): (task: JudgedTask) => boolean {
  const parents = new Set(
    tasks.flatMap(({ session, parent }) => (parent === undefined ? [] : `${session} ${parent}`)),
  );
  return ({ kind, session, index, agentId }) =>
    parents.has(`${session} ${kind === "turn" ? `turn:${index}` : agentId}`);
}
