import type { Event } from "../../domain/event.ts";
import { type Candidate, lastRequest } from "./candidate.ts";

const ENDED = new Set(["end_turn", "stop_sequence"]);

/**
 * Returns whether a task came to its end: its last answer says so, or the client does, or, where clients of 2.0 and 2.1 wrote
 * neither, its last answer calls no tool.
 */
export function cameToItsEnd(task: Candidate): boolean {
  const last = lastRequest(task);
  if (!last) return false;
  if (last.stop !== undefined && last.stop !== "") return ENDED.has(last.stop);
  const { events } = task.draft;
  if (events.some(({ kind, line }) => kind === "turn-end" && line > last.line)) return true;
  return !events.some((event) => isCallBehind(event, last));
}

/** Returns whether its transcript ends in a call that has no result. */
export function endsInCall(task: Candidate): boolean {
  const last = lastRequest(task);
  if (!last || cameToItsEnd(task)) return false;
  const { events } = task.draft;
  if (events.some(({ kind, line }) => kind === "interrupt" && line > last.line)) return false;
  const call = events.findLast((event) => isCallBehind(event, last));
  return call === undefined || !("id" in call) || !task.work.results.has(call.id);
}

function isCallBehind(event: Event, last: { line: number; at: number }): boolean {
  if (event.kind === "tools") return (event.lastAt ?? 0) >= last.at;
  if (event.line < last.line) return false;
  return (
    event.kind === "edit" ||
    event.kind === "shell" ||
    event.kind === "agent-call" ||
    event.kind === "question" ||
    (event.kind === "plan" && event.step === "proposed")
  );
}

/** Returns whether its process was gone before it had ended, so that nobody had seen it done when the user went on. */
export function wasLeftOpen(task: Candidate): boolean {
  const last = lastRequest(task);
  if (cameToItsEnd(task)) return false;
  return task.draft.events.some(({ kind, line }) => kind === "taken-up" && line > (last?.line ?? 0));
}
