import type { Event, ResultEvent } from "../../domain/event.ts";
import type { Candidate } from "./candidate.ts";

/** A plan that was refused, refined and approved, in this turn or one of the next two, is normal work. */
export function planWasRefined(task: Candidate): boolean {
  const { events } = task.draft;
  const denied = lastDenial(events);
  if (!denied || !isPlan(events, denied.id)) return false;
  const later = [
    ...events.filter(({ line }) => line > denied.line),
    ...(task.next?.draft.events ?? []),
    ...(task.next?.next?.draft.events ?? []),
  ];
  return later.some(
    (event) => event.kind === "plan" && event.step === "proposed" && isApproved(later, event.id),
  );
}

function lastDenial(events: readonly Event[]): ResultEvent | undefined {
  return events.filter((event) => event.kind === "result").findLast(({ denied }) => denied === "user");
}

function isPlan(events: readonly Event[], id: string): boolean {
  return events.some((event) => event.kind === "plan" && event.id === id);
}

function isApproved(events: readonly Event[], id: string | undefined): boolean {
  return events.some((event) => event.kind === "result" && event.id === id && event.ok);
}
