import type { Event } from "../../src/domain/event.ts";

/**
 * Returns events without what an answer says that is not the last of its turn: where reading stops in the middle of a turn, the last answer
 * so far has it, and judging takes only the last one.
 */
export function withoutEarly(events: readonly Event[]): Event[] {
  return events.map((event, index) => {
    if (event.kind !== "answer" || !event.says) return event;
    const next = events.slice(index + 1).find(({ kind }) => kind === "answer" || kind === "prompt");
    const { says: _, ...bare } = event;
    return next?.kind === "answer" ? bare : event;
  });
}
