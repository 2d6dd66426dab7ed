import { type Attempt, groupByRun } from "../../domain/attempt.ts";
import type { JudgedTask } from "../../domain/judged-task.ts";
import { tierRank } from "../../domain/model.ts";
import type { Outcome, Task } from "../../domain/task.ts";

/** The result of a cascade's check of one of its sessions. */
export interface CheckedSession {
  outcome: Outcome;
  why: string;
  verification: Task["verification"];
  /** The tier of the attempt that took the work over. */
  takenOverBy?: Task["finalTier"];
}

/**
 * Returns what cascades know of their sessions, by session id. Each attempt is a session of its own, so its transcript cannot
 * show that the work was taken up again; the check that decided can.
 */
export function judgeCascades(attempts: readonly Attempt[]): Map<string, CheckedSession> {
  const sessions = new Map<string, CheckedSession>();
  for (const run of groupByRun(attempts.filter(({ source }) => source === "cascade")))
    run.forEach((attempt, at) => {
      if (attempt.session !== undefined) sessions.set(attempt.session, judge(attempt, run[at + 1]));
    });
  return sessions;
}

/** The task of a cascade's session with the outcome that the check gave it; what the transcript shows stays as evidence. */
export function withCheck(task: JudgedTask, checked: CheckedSession): JudgedTask {
  if (task.kind !== "turn") return task;
  const { outcome, why, verification, takenOverBy } = checked;
  return {
    ...task,
    outcome,
    verification: verification === "none" ? task.verification : verification,
    ...(takenOverBy && { finalTier: takenOverBy }),
    evidence: [{ file: task.file, line: task.line, why }, ...task.evidence],
  };
}

function judge(attempt: Attempt, next: Attempt | undefined): CheckedSession {
  const { result, reason } = attempt;
  if (result === "accepted")
    return { outcome: "accepted", why: "the check of its cascade passed", verification: "passed" };
  const verification = result === "rejected" ? "failed" : "none";
  const why = reason ?? `its attempt of a cascade was ${result}`;
  if (result === "aborted") return { outcome: "interrupted", why, verification };
  if (!next) return { outcome: "failed", why, verification };
  const rose = attempt.tier && next.tier && tierRank(next.tier) > tierRank(attempt.tier);
  if (!rose) return { outcome: "reworked", why: `${why}; tried again`, verification };
  return {
    outcome: "escalated",
    why: `${why}; ${next.model} took over`,
    verification,
    takenOverBy: next.tier,
  };
}
