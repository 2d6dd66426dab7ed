import type { Evidence } from "../../domain/task.ts";
import { type Candidate, checksOfRuns, lastRequest } from "./candidate.ts";
import { seenAt } from "./evidence.ts";
import { says } from "./same-work.ts";
import { type CheckRun, uncleared } from "./work.ts";

/** It ended on an error, a refusal or a truncation, or with a failing verification that nothing cleared. */
export function isFailed(task: Candidate): Evidence[] {
  return [...endedBadly(task), ...failedChecks(task), ...callFailed(task)];
}

const TRUNCATED = new Set(["max_tokens", "model_context_window_exceeded"]);

function endedBadly(task: Candidate): Evidence[] {
  const last = lastRequest(task);
  const after = last?.line ?? 0;
  const found: Evidence[] = [];
  for (const event of task.draft.events) {
    if (event.line <= after) continue;
    if (event.kind === "failure")
      found.push(
        seenAt(
          task,
          event.line,
          `ended on an API error: ${event.status ?? ""} ${event.error}`.replaceAll("  ", " "),
        ),
      );
    if (event.kind === "refusal" && event.final)
      found.push(seenAt(task, event.line, "the model refused, and nothing took over"));
    if (event.kind === "cut") found.push(seenAt(task, event.line, "cut off by the limit of turns"));
  }
  if (last?.stop === "refusal") found.push(seenAt(task, last.line, "its last answer is a refusal"));
  if (last && TRUNCATED.has(last.stop ?? ""))
    found.push(seenAt(task, last.line, `its last answer was cut off: ${last.stop}`));
  return found;
}

/** Its own checks and those of its agents; each may be cleared by the others. */
function failedChecks(task: Candidate): Evidence[] {
  const passes = [...task.work.checks, ...checksOfRuns(task)];
  return [task, ...task.runs].flatMap((part) => {
    const red = says(part.draft.prompt, "expects-red") || says(task.draft.prompt, "expects-red");
    return uncleared(part.work.checks, passes)
      .filter(({ check }) => !(red && (check.kind === "test" || check.kind === "all")))
      .map((run) => seenAt(part, run.line, describe(run)));
  });
}

const CHECK_NAMES = {
  test: "tests",
  types: "the type check",
  lint: "the linter",
  build: "the build",
  all: "the checks",
} as const;

function describe({ check, verdict }: CheckRun): string {
  const how = verdict === "timeout" ? "timed out" : "failed";
  return `${CHECK_NAMES[check.kind]} ${how} and nothing that covers as much passed later`;
}

function callFailed({ call, kind, draft }: Candidate): Evidence[] {
  if (kind !== "agent-run" || !call || call.ok || call.denied || draft.requests.at(-1)?.stop === "end_turn")
    return [];
  return [{ file: call.file, line: call.line, why: "the call of the agent ended on an error" }];
}
