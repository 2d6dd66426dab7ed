import type { Event, ResultEvent } from "../../domain/event.ts";
import type { Evidence } from "../../domain/task.ts";
import type { Candidate } from "./candidate.ts";
import { seenAt } from "./evidence.ts";
import { planWasRefined } from "./refined-plan.ts";

/** The user stopped it, or refused a tool that it needed and did not let it go on another way in the same turn. */
export function isInterrupted(task: Candidate): Evidence[] {
  if (planWasRefined(task)) return [];
  return [...stopped(task), ...refused(task), ...runStopped(task)];
}

function stopped(task: Candidate): Evidence[] {
  const stop = task.draft.events.findLast(({ kind }) => kind === "interrupt");
  return stop ? [seenAt(task, stop.line, "the user interrupted it")] : [];
}

function refused(task: Candidate): Evidence[] {
  const denials = task.draft.events
    .filter((event) => event.kind === "result")
    .filter(({ denied }) => denied === "user");
  const open = denials.filter((denial) => !wentOn(task, denial));
  return open
    .slice(0, 1)
    .map(({ line }) => seenAt(task, line, "the user refused a tool, and it did not go on"));
}

/** After a refusal it did something else, or at least answered what the user said instead. */
function wentOn({ draft }: Candidate, denial: ResultEvent): boolean {
  if (draft.requests.every(({ line }) => line < denial.line)) return false;
  if (denial.feedback) return true;
  return draft.events.some((event) => event.line > denial.line && isActivity(event));
}

function isActivity(event: Event): boolean {
  return (
    event.kind === "edit" ||
    event.kind === "shell" ||
    event.kind === "agent-call" ||
    event.kind === "tools" ||
    (event.kind === "plan" && event.step === "proposed") ||
    (event.kind === "result" && event.ok)
  );
}

function runStopped({ kind, call }: Candidate): Evidence[] {
  if (kind !== "agent-run" || !call) return [];
  if (call.denied === "user" || call.status === "killed" || call.status === "stopped")
    return [{ file: call.file, line: call.line, why: "the user stopped the agent" }];
  return [];
}
