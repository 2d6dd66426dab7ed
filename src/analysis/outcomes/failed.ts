import type { Evidence } from "../../domain/task.ts";
import { type Candidate, checksOfRuns, lastRequest } from "./candidate.ts";
import { cameToItsEnd, endsInCall } from "./ending.ts";
import { seenAt } from "./evidence.ts";
import { says } from "./same-work.ts";
import { type CheckRun, uncleared, type Work } from "./work.ts";

const TRUNCATED = new Set(["max_tokens", "model_context_window_exceeded"]);

/** It ended on an error, a refusal or a truncation. */
export function endedBadly(task: Candidate): Evidence[] {
  const last = lastRequest(task);
  const after = last?.line ?? 0;
  const found: Evidence[] = [];
  for (const event of task.draft.events) {
    if (event.line <= after) continue;
    if (event.kind === "failure") {
      const why = `ended on an API error: ${event.status ?? ""} ${event.error}`;
      found.push(seenAt(task, event.line, why.replaceAll("  ", " ")));
    }
    if (event.kind === "refusal" && event.final)
      found.push(seenAt(task, event.line, "the model refused, and nothing took over"));
    if (event.kind === "cut") found.push(seenAt(task, event.line, "cut off by the limit of turns"));
  }
  if (last?.stop === "refusal") found.push(seenAt(task, last.line, "its last answer is a refusal"));
  if (last && TRUNCATED.has(last.stop ?? ""))
    found.push(seenAt(task, last.line, `its last answer was cut off: ${last.stop}`));
  return [...found, ...callFailed(task)];
}

/**
 * It ended with a failing check of its own or of its agents; each may be cleared by the others. Where nothing was changed, or only
 * docs, a red check is what the task found and not what it did, unless it was to be fixed. So is a red linter: most of what it reports is
 * older.
 */
export function endedRed(task: Candidate): Evidence[] {
  if (endsInCall(task) || hadItCommitted(task) || tookItAsGreen(task)) return [];
  const { topics = [] } = task.draft.prompt ?? {};
  const asked = topics.includes("debugging:fix");
  const isFix = topics.find((topic) => !topic.startsWith("form:")) === "debugging:fix";
  if (!asked && ![task, ...task.runs].some(({ work }) => changedCode(work))) return [];
  return redRuns(task)
    .filter(({ run }) => isFix || run.check.kind !== "lint")
    .map(({ part, run }) => seenAt(part, run.line, describe(run)));
}

/** Returns whether a linter stays red: what passed beside it does not prove that all is well. */
export function isLintRed(task: Candidate): boolean {
  return redRuns(task).some(({ run }) => run.check.kind === "lint");
}

/** Returns the runs of a task and its agents that failed, and that nothing clears. */
function redRuns(task: Candidate): { part: Candidate; run: CheckRun }[] {
  const passes = [...task.work.checks, ...checksOfRuns(task)];
  return [task, ...task.runs].flatMap((part) => {
    const red = says(part.draft.prompt, "expects-red") || says(task.draft.prompt, "expects-red");
    return uncleared(part.work.checks, passes)
      .filter(({ check }) => !(red && (check.kind === "test" || check.kind === "all")))
      .map((run) => ({ part, run }));
  });
}

/** Returns whether the user had the work committed and so accepts failing checks as older than it. */
function hadItCommitted({ next }: Candidate): boolean {
  const prompt = next?.draft.prompt;
  if (!prompt || says(prompt, "correction") || says(prompt, "failure")) return false;
  return prompt.topics.slice(0, 2).some((topic) => HANDS_OVER.has(topic));
}

/** It ended on a check that passed, and the user continued without a word about the one that had not. */
function tookItAsGreen({ kind, next, work }: Candidate): boolean {
  const last = work.checks.findLast(({ aside }) => !aside);
  if (kind !== "turn" || !next || last?.verdict !== "pass" || last.line < work.lastChange) return false;
  const { prompt } = next.draft;
  return !COMPLAINTS.some((signal) => says(prompt, signal)) && next.work.checks[0]?.verdict !== "fail";
}

const COMPLAINTS = ["correction", "failure", "stop"] as const;

const HANDS_OVER: ReadonlySet<string> = new Set(["git:commit", "git:push", "git:pr", "git:merge"]);

function changedCode({ edits, lastChange }: Work): boolean {
  return edits.length === 0 ? lastChange > 0 : edits.some(({ docs }) => !docs);
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
  return `${CHECK_NAMES[check.kind]} ${how}, and nothing that covers as much passed later`;
}

function callFailed(task: Candidate): Evidence[] {
  const { call, kind } = task;
  if (kind !== "agent-run" || !call || call.ok || call.denied || cameToItsEnd(task)) return [];
  return [{ file: call.file, line: call.line, why: "the call of the agent ended on an error" }];
}
