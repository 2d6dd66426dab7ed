import type { Event } from "../../src/domain/event.ts";

/**
 * Returns events without answers that are neither the last of their turn nor say something about the work before: where reading stops in the middle of a turn, the last answer so far is
 * kept, and judging takes only the last one.
 */
export function withoutEarly(events: readonly Event[]): Event[] {
  return events.filter((event, index) => {
    if (event.kind !== "answer" || event.begins) return true;
    const next = events.slice(index + 1).find(({ kind }) => kind === "answer" || kind === "prompt");
    return next?.kind !== "answer";
  });
}
