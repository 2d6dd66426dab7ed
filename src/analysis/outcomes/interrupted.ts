import type { Event, ResultEvent } from "../../domain/event.ts";
import type { Evidence } from "../../domain/task.ts";
import type { Candidate } from "./candidate.ts";
import { cameToItsEnd } from "./ending.ts";
import { seenAt } from "./evidence.ts";
import { planCarriedOutBy, planWasRefined } from "./plans.ts";

/** The user stopped it, or refused a tool that it needed. It goes on if it finds another way or answers what the user says to that. */
export function isInterrupted(task: Candidate): Evidence[] {
  if (planWasRefined(task) || planCarriedOutBy(task)) return [];
  return [...stopped(task), ...refused(task), ...toldToStop(task), ...runStopped(task)];
}

function stopped(task: Candidate): Evidence[] {
  const { events, requests } = task.draft;
  const stop = events.findLast(({ kind }) => kind === "interrupt");
  const ended = events.findLast(({ kind }) => kind === "turn-end");
  // Escape at an empty prompt stops nothing.
  if (stop && ended && ended.line < stop.line && !requests.some(({ line }) => line > ended.line)) return [];
  return stop ? [seenAt(task, stop.line, "the user interrupted it")] : [];
}

function refused(task: Candidate): Evidence[] {
  const { events } = task.draft;
  const questions = new Set(events.filter((event) => event.kind === "question").map(({ id }) => id));
  const denials = events
    .filter((event) => event.kind === "result")
    // An answer to a question in the user's own words stops nothing.
    .filter(({ denied, id }) => denied === "user" && !(questions.has(id) && cameToItsEnd(task)));
  const open = denials.filter((denial) => !wentOn(task, denial));
  return open
    .slice(0, 1)
    .map(({ line }) => seenAt(task, line, "the user refused a tool, and it did not go on"));
}

/** After a refusal it did something else, or ended with an answer to what the user said. */
function wentOn(task: Candidate, denial: ResultEvent): boolean {
  const { requests, events } = task.draft;
  if (requests.every(({ line }) => line < denial.line)) return false;
  if (denial.feedback && cameToItsEnd(task)) return true;
  return events.some((event) => isActivityAfter(event, denial));
}

function isActivityAfter(event: Event, { line, at }: { line: number; at: number }): boolean {
  if (event.kind === "tools") return (event.lastAt ?? event.at) > at;
  if (event.line <= line) return false;
  return (
    event.kind === "edit" ||
    event.kind === "shell" ||
    event.kind === "agent-call" ||
    (event.kind === "plan" && event.step === "proposed") ||
    (event.kind === "result" && event.ok)
  );
}

/** A message in the middle of the work said stop, and it did. */
function toldToStop(task: Candidate): Evidence[] {
  const { draft } = task;
  const stop = draft.events
    .filter((event) => event.kind === "steer")
    .findLast(({ signals }) => signals.includes("stop"));
  if (!stop || draft.events.some((event) => isActivityAfter(event, stop))) return [];
  return [seenAt(task, stop.line, "the user asked it to stop")];
}

function runStopped({ kind, call }: Candidate): Evidence[] {
  if (kind !== "agent-run" || !call) return [];
  if (call.denied === "user" || call.status === "killed" || call.status === "stopped")
    return [{ file: call.file, line: call.line, why: "the user stopped the agent" }];
  return [];
}
