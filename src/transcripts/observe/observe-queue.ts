import type { Event, Seen } from "../../domain/event.ts";
import { type Fields, textOf } from "../fields.ts";
import { isClientText } from "../client-text.ts";
import { type ObserverState, readMessage } from "./observer-state.ts";

/**
 * Returns what a message that the user sent ahead comes to. `dequeue` makes it the next prompt, which has an entry of its own.
 * `remove` gives it to the model in the middle of its work. `popAll` gives it back to the user.
 */
export function observeQueue(entry: Fields, seen: Seen, state: ObserverState): Event[] {
  switch (entry["operation"]) {
    case "enqueue": {
      const text = textOf(entry["content"]).trim();
      state.queue.push(text === "" || isClientText(text) ? null : text);
      return [];
    }
    case "dequeue":
      state.queue.shift();
      return [];
    case "remove": {
      const message = readMessage(state.queue.shift() ?? null);
      return message ? [{ kind: "steer", ...seen, ...message }] : [];
    }
    default:
      state.queue = [];
      return [];
  }
}
