import type { Event, PlanEvent, ResultEvent } from "../../domain/event.ts";
import type { Candidate } from "./candidate.ts";

/** Returns whether a plan was refused, refined and approved, in this turn or one of the next two: that is normal work. */
export function planWasRefined(task: Candidate): boolean {
  const { events } = task.draft;
  const denied = lastDenial(events);
  if (!denied || !planOf(events, denied)) return false;
  const later = [
    ...events.filter(({ line }) => line > denied.line),
    ...(task.next?.draft.events ?? []),
    ...(task.next?.next?.draft.events ?? []),
  ];
  return later.some(
    (event) => event.kind === "plan" && event.step === "proposed" && isApproved(later, event.id),
  );
}

/**
 * Returns the plan that a turn ended with, where its approval was to leave the conversation: the client writes that as a refusal
 * without a word, and starts again with "Implement the following plan".
 */
export function planLeftOpen({ draft }: Candidate): PlanEvent | undefined {
  const denied = lastDenial(draft.events);
  if (!denied || denied.feedback) return undefined;
  const goesOn = draft.events.some(
    ({ line, kind }) => line > denied.line && (kind === "edit" || kind === "shell" || kind === "agent-call"),
  );
  return goesOn ? undefined : planOf(draft.events, denied);
}

/** Returns the turn that carries out the plan that this one ended with. */
export function planCarriedOutBy(task: Candidate): Candidate | undefined {
  if (!planLeftOpen(task)) return undefined;
  return task.next?.draft.prompt?.plan === undefined ? undefined : task.next;
}

function lastDenial(events: readonly Event[]): ResultEvent | undefined {
  return events.filter((event) => event.kind === "result").findLast(({ denied }) => denied === "user");
}

function planOf(events: readonly Event[], { id }: ResultEvent): PlanEvent | undefined {
  return events.filter((event) => event.kind === "plan").find((event) => event.id === id);
}

function isApproved(events: readonly Event[], id: string | undefined): boolean {
  return events.some((event) => event.kind === "result" && event.id === id && event.ok);
}
