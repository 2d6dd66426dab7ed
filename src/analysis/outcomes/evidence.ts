import type { Evidence } from "../../domain/task.ts";
import type { Candidate } from "./candidate.ts";

/** Returns evidence at a line of the task's own file. */
export function seenAt(task: Candidate, line: number, why: string): Evidence {
  return { file: task.draft.thread.file, line, why };
}

/** Returns evidence at the prompt of a later task. */
export function promptSays(later: Candidate, why: string): Evidence {
  return seenAt(later, later.draft.prompt?.line ?? later.draft.requests[0]?.line ?? 1, why);
}

/** Marks evidence that a reader would not rest a verdict on alone. */
export function weakly(evidence: Evidence): Evidence {
  return { ...evidence, weak: true };
}
