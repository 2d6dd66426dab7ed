import type { Evidence } from "../../domain/task.ts";
import type { Candidate } from "./candidate.ts";

/** Evidence at a line of the task's own file. */
export function seenAt(task: Candidate, line: number, why: string): Evidence {
  return { file: task.draft.thread.file, line, why };
}

/** Evidence at the prompt of a later task. */
export function promptSays(later: Candidate, why: string): Evidence {
  return seenAt(later, later.draft.prompt?.line ?? later.draft.requests[0]?.line ?? 1, why);
}
