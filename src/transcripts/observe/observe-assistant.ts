import type { Event, Seen } from "../../domain/event.ts";
import { contentText, type Fields, fieldsOf, numberOf, optionalText, textOf, timeIn } from "../fields.ts";
import { LIGHT_TOOLS } from "./needs.ts";
import { count } from "./observe-shell.ts";
import { observeToolUse, usesOf } from "./observe-tool.ts";
import { isSaidAgain, type ObserverState } from "./observer-state.ts";

/** Returns the events of one line of an answer: its calls, a fallback inside it, or an error shown in its place. */
export function observeAssistant(entry: Fields, seen: Seen, state: ObserverState): Event[] {
  const message = fieldsOf(entry["message"]);
  if (message["model"] === "<synthetic>") return observeSynthetic(entry, seen);
  const events = observeServerFallback(entry, message, seen, state);
  const uses = usesOf(message);
  if (uses.length === 0 && timeIn(entry) > 0) events.push({ kind: "answer", line: seen.line, at: seen.at });
  for (const use of uses) {
    if (LIGHT_TOOLS.has(use.name)) count(use.name, seen.at, state);
    else events.push(...observeToolUse(use, textOf(entry["cwd"]), seen, state));
  }
  return events;
}

/** An error shown in place of an answer, or "No response requested." where another process took the session up. */
function observeSynthetic(entry: Fields, seen: Seen): Event[] {
  if (entry["isApiErrorMessage"] !== true) {
    const text = contentText(fieldsOf(entry["message"])["content"]);
    return text === "No response requested." ? [{ kind: "taken-up", ...seen }] : [];
  }
  const status = numberOf(entry["apiErrorStatus"]);
  const error = optionalText(entry["apiErrorType"]) ?? optionalText(entry["error"]) ?? "unknown";
  const cut = entry["streamCutCause"] !== undefined || entry["streamCutError"] !== undefined;
  const events: Event[] = [
    {
      kind: "failure",
      ...seen,
      error,
      ...(status !== undefined && { status }),
      ...(cut && { cut: true as const }),
    },
  ];
  const refusing = optionalText(entry["refusingModel"]);
  if (refusing !== undefined) events.push({ kind: "refusal", ...seen, model: refusing, final: true });
  return events;
}

/**
 * A fallback inside one answer: a `fallback` content block, or an iteration of that type, which sticky later turns have
 * without a block. Noted once per message, since every block's line repeats the usage.
 */
function observeServerFallback(entry: Fields, message: Fields, seen: Seen, state: ObserverState): Event[] {
  const id = textOf(message["id"]);
  if (state.fallbackNoted === id) return [];
  const blocks = Array.isArray(message["content"]) ? message["content"].map(fieldsOf) : [];
  const block = blocks.find(({ type }) => type === "fallback");
  const usage = fieldsOf(message["usage"]);
  const iterations = Array.isArray(usage["iterations"]) ? usage["iterations"].map(fieldsOf) : [];
  const served = iterations.findLast(({ type }) => type === "fallback_message");
  if (!block && !served) return [];
  state.fallbackNoted = id;
  const request = optionalText(entry["requestId"]);
  const isStated = request !== undefined && state.fallbackRequest === request;
  if (request !== undefined) state.fallbackRequest = request;
  const declined = iterations.find(({ type }) => type === "message");
  const from =
    optionalText(fieldsOf(block?.["from"])["model"]) ??
    optionalText(declined?.["model"]) ??
    textOf(entry["requestedModel"]);
  const to =
    optionalText(fieldsOf(block?.["to"])["model"]) ??
    optionalText(served?.["model"]) ??
    textOf(message["model"]);
  if (isSaidAgain(state, "block", `${from} ${to}`) || isStated) {
    delete state.fallbackSaid; // a notice came before
    return [];
  }
  return [
    {
      kind: "fallback",
      ...seen,
      cause: "refusal",
      from,
      to,
      trigger: textOf(block?.["trigger"]) || "refusal",
    },
  ];
}
