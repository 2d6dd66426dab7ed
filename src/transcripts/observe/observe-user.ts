import type { Event, PromptEvent, Seen } from "../../domain/event.ts";
import { contentText, type Fields, fieldsOf, listOf, optionalText, textOf } from "../fields.ts";
import { CLIENT_TEXT, INTERRUPTED, isHumanPrompt, withoutClientText } from "../client-text.ts";
import { hashText, sketchText } from "./hash.ts";
import { PLAN } from "../prompt-title.ts";
import { observeNotification, observeResult } from "./observe-result.ts";
import type { ObserverState } from "./observer-state.ts";
import { observeCommand } from "./observe-system.ts";
import { readSignals } from "./prompt-signals.ts";
import { weighWords } from "./prompt-words.ts";
import { readTopics } from "./topics.ts";

/** Returns the events of a `user` entry: a prompt, tool results, an interruption, the echo of a command, a notification. */
export function observeUser(entry: Fields, seen: Seen, state: ObserverState): Event[] {
  const content = fieldsOf(entry["message"])["content"];
  const results = listOf(content)
    .map(fieldsOf)
    .filter(({ type }) => type === "tool_result");
  const text = contentText(content);
  if (results.length > 0) {
    const events = results.flatMap((block) => observeResult(block, entry, seen, state));
    if (text.startsWith("<fork-boilerplate>")) return [{ kind: "fork", ...seen }, ...events];
    return [...events, ...observeAddition(text, seen)];
  }
  if (text.startsWith(INTERRUPTED))
    return [{ kind: "interrupt", ...seen, during: text.includes("tool use") ? "tool" : "answer" }];
  if (entry["refusedMessageId"] !== undefined) return [{ kind: "refusal", ...seen }];
  if (text.startsWith("<task-notification>")) return observeNotification(text, seen, state);
  if (
    entry["isMeta"] === true ||
    entry["isCompactSummary"] === true ||
    entry["isVisibleInTranscriptOnly"] === true
  )
    return [];
  if (text.startsWith("<command-name>") || text.startsWith("<local-command-"))
    return observeCommand(text, seen, entry["forkedFrom"] !== undefined);
  if (!isHumanPrompt(entry, text)) return [];
  return [toPrompt(entry, text, seen)];
}

/** Observes what the user sent while a tool ran, which comes with its result. */
function observeAddition(text: string, seen: Seen): Event[] {
  const own = withoutClientText(text);
  if (own === "" || CLIENT_TEXT.test(own)) return [];
  if (own.startsWith(INTERRUPTED)) return [{ kind: "interrupt", ...seen, during: "tool" }];
  return [{ kind: "steer", ...seen, words: own.split(/\s+/).length, signals: readSignals(own) }];
}

function toPrompt(entry: Fields, content: string, seen: Seen): PromptEvent {
  const text = withoutClientText(content);
  const copiedFrom = optionalText(fieldsOf(entry["forkedFrom"])["messageUuid"]);
  const permissionMode = optionalText(entry["permissionMode"]);
  const source = sourceOf(entry, content);
  return {
    kind: "prompt",
    ...seen,
    uuid: copiedFrom ?? textOf(entry["uuid"]),
    source,
    ...(source === "agent" && { text: hashText(content.trim()) }),
    ...readPrompt(text),
    ...(permissionMode !== undefined && { permissionMode }),
    ...(typeof entry["parentUuid"] === "string" && { after: hashText(entry["parentUuid"]) }),
    ...(copiedFrom !== undefined && { copied: true as const }),
    ...planOf(entry, text),
  };
}

/** Returns what is kept of a prompt's words. */
export function readPrompt(
  text: string,
): Pick<PromptEvent, "words" | "sketch" | "terms" | "signals" | "topics" | "lean"> {
  const lean = weighWords(text);
  const sketch = { ...sketchText(text), ...(lean && { lean }) };
  // The same command twice is mostly not the same work twice.
  if (text.startsWith("/"))
    return { ...sketch, sketch: "", terms: "", signals: [], topics: readTopics(text) };
  if (text.startsWith(PLAN)) return { ...sketch, signals: [], topics: readTopics(text) };
  return { ...sketch, signals: readSignals(text), topics: readTopics(text) };
}

/** After a plan was approved in another session, the client writes a prompt that holds it. */
function planOf(entry: Fields, text: string): Pick<PromptEvent, "plan" | "planFrom"> {
  const plan = optionalText(entry["planContent"]);
  if (plan === undefined && !text.startsWith(PLAN)) return {};
  const from = /\bfull transcript at: \S*?([\da-f]{8}-[\da-f-]{27})\.jsonl/.exec(text.slice(-400))?.[1];
  return {
    plan: hashText((plan ?? text.replace(/^[^\n]*\n/, "")).trim()),
    ...(from !== undefined && { planFrom: from }),
  };
}

function sourceOf(entry: Fields, text: string): PromptEvent["source"] {
  if (entry["isSidechain"] === true || entry["agentId"] !== undefined) return "agent";
  const source = entry["promptSource"];
  if (source === "typed" || source === "sdk") return source;
  if (source !== undefined || text.startsWith("<teammate-message")) return "other";
  return textOf(entry["entrypoint"]).startsWith("sdk") ? "sdk" : "typed";
}
