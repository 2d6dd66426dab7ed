import { stripVTControlCharacters } from "node:util";
import {
  type CommandEvent,
  type Event,
  ONE_WORD,
  type Seen,
  type SetModelEvent,
} from "../../domain/event.ts";
import type { FallbackEvent } from "../../domain/request-event.ts";
import { type Fields, fieldsOf, numberOf, optionalText, textOf } from "../fields.ts";
import { isSaidAgain, type ObserverState } from "./observer-state.ts";

/** Events of a `system` entry. */
export function observeSystem(entry: Fields, seen: Seen, state: ObserverState): Event[] {
  switch (entry["subtype"]) {
    case "api_error":
      return [observeRetry(entry, seen)];
    case "model_fallback":
      return [observeFallback(entry, seen, "availability", "unknown")];
    case "model_refusal_fallback":
      return observeRefusedRequest(entry, seen, state);
    case "model_consent_fallback":
      return [observeFallback(entry, seen, "consent", textOf(entry["choice"]) || "consent")];
    case "model_refusal_no_fallback":
      return [{ kind: "refusal", ...seen, model: textOf(entry["originalModel"]), final: true }];
    case "compact_boundary":
      return [observeCompaction(entry, seen)];
    case "local_command":
      return observeCommand(textOf(entry["content"]), seen, entry["forkedFrom"] !== undefined);
    case "turn_duration":
      return [{ kind: "turn-end", ...seen, durationMs: numberOf(entry["durationMs"]) ?? 0 }];
    case "stop_hook_summary":
      return [{ kind: "turn-end", ...seen }];
    default:
      return [];
  }
}

/** The block of an answer and the notice beside it describe one fallback, if they name one request or the notice names none. */
function observeRefusedRequest(entry: Fields, seen: Seen, state: ObserverState): Event[] {
  const request = optionalText(entry["requestId"]);
  const models = `${textOf(entry["originalModel"])} ${textOf(entry["fallbackModel"])}`;
  if (request === undefined ? isSaidAgain(state, "notice", models) : state.fallbackRequest === request) {
    delete state.fallbackSaid;
    return [];
  }
  if (request !== undefined) state.fallbackRequest = request;
  return [observeFallback(entry, seen, "refusal", "refusal")];
}

function observeRetry(entry: Fields, seen: Seen): Event {
  const error = fieldsOf(entry["error"]);
  const status = numberOf(error["status"]);
  return {
    kind: "retry",
    ...seen,
    error: errorLabel(error),
    attempt: numberOf(entry["retryAttempt"]) ?? 1,
    delayMs: Math.round(numberOf(entry["retryInMs"]) ?? 0),
    ...(status !== undefined && { status }),
  };
}

/** `overloaded_error`, `rate_limit_error` …; clients spell the API's answer in several ways. */
function errorLabel(error: Fields): string {
  const nested = fieldsOf(fieldsOf(error["error"])["error"]);
  const said = /"type":\s*"(?!error")(\w+)"/.exec(textOf(error["message"]))?.[1];
  const connection =
    optionalText(fieldsOf(error["connection"])["code"]) ?? optionalText(fieldsOf(error["cause"])["code"]);
  return optionalText(nested["type"]) ?? said ?? (connection ? `connection:${connection}` : "unknown");
}

function observeFallback(entry: Fields, seen: Seen, cause: FallbackEvent["cause"], trigger: string): Event {
  return {
    kind: "fallback",
    ...seen,
    cause,
    from: textOf(entry["originalModel"]),
    to: textOf(entry["fallbackModel"]),
    trigger: optionalText(entry["trigger"]) ?? trigger,
  };
}

function observeCompaction(entry: Fields, seen: Seen): Event {
  const metadata = fieldsOf(entry["compactMetadata"]);
  const preTokens = numberOf(metadata["preTokens"]);
  return {
    kind: "compact",
    ...seen,
    trigger: textOf(metadata["trigger"]) || "unknown",
    ...(preTokens !== undefined && { preTokens }),
  };
}

/** The echo of a slash command, or what the client answered to `/model`. */
export function observeCommand(
  content: string,
  seen: Seen,
  copied: boolean,
): (CommandEvent | SetModelEvent)[] {
  const name = /<command-name>\s*(\/?[\w:.-]+)\s*<\/command-name>/.exec(content)?.[1];
  if (name !== undefined) {
    const command = name.startsWith("/") ? name : `/${name}`;
    const argument = /<command-args>([^<]{0,80})<\/command-args>/.exec(content)?.[1]?.trim();
    const kept =
      (command === "/model" || command === "/effort") && argument && ONE_WORD.test(argument)
        ? { argument }
        : {};
    return [{ kind: "command", ...seen, name: command, ...kept, ...(copied && { copied: true as const }) }];
  }
  const set = /<local-command-stdout>\s*Set model to\s+(.{1,100})/.exec(
    stripVTControlCharacters(content),
  )?.[1];
  if (set === undefined) return [];
  const model =
    /^`([^`]+)`/.exec(set)?.[1] ?? set.split(/ and saved| for this session|<|\.(?:\s|$)/)[0] ?? set;
  return [{ kind: "set-model", ...seen, name: model.replace(/\s*\((?:default|recommended)\)/i, "").trim() }];
}
