import type { Event, ResultEvent, Seen } from "../../domain/event.ts";
import {
  contentText,
  type Fields,
  fieldsOf,
  isFields,
  listOf,
  numberOf,
  optionalText,
  textOf,
} from "../fields.ts";
import type { ObserverState, PendingTool } from "./observer-state.ts";
import { readReports } from "./verdict.ts";

const NOWHERE = { cwd: "", root: "" };

/** Returns the events of one tool result. */
export function observeResult(block: Fields, entry: Fields, seen: Seen, state: ObserverState): Event[] {
  const id = textOf(block["tool_use_id"]);
  const pending = state.pending.get(id);
  state.pending.delete(id);
  const failed = block["is_error"] === true;
  if (!pending && !failed) return [];
  const text = contentText(block["content"]);
  if (pending?.tool === "output") return observeOutput(pending.task ?? "", text, seen, state);
  const outcome = isFields(entry["toolUseResult"]) ? entry["toolUseResult"] : {};
  const denied = failed ? denialOf(entry, text) : undefined;
  const result: ResultEvent = {
    kind: "result",
    ...seen,
    id,
    ok: !failed,
    ...agentFields(outcome, text, pending?.tool === "agent"),
  };
  if (denied) result.denied = denied;
  if (denied && (optionalText(entry["userFeedback"]) !== undefined || SAYS_INSTEAD.test(text)))
    result.feedback = true;
  if (pending?.checks && !denied) addReports(result, pending, { outcome, text, failed, state });
  if (failed && text.includes("[Request interrupted by user"))
    return [result, { kind: "interrupt", ...seen, during: "tool" }];
  return [result];
}

const SAYS_INSTEAD =
  /the user provided the following (?:reason|feedback)|To tell you how to proceed, the user said/i;

interface Shell {
  outcome: Fields;
  text: string;
  failed: boolean;
  state: ObserverState;
}

function addReports(
  result: ResultEvent,
  pending: PendingTool,
  { outcome, text, failed, state }: Shell,
): void {
  const task =
    optionalText(outcome["backgroundTaskId"]) ??
    /running in background with ID: (\S+?)[.\s]/i.exec(text.slice(0, 400))?.[1];
  if (task !== undefined) state.background.set(task, { ...pending, id: result.id });
  const timedOut = isTimeout(outcome, text);
  // What went past its limit goes on in the background; it has timed out unless a later line says that it ended there.
  if (task !== undefined && !timedOut) return;
  if (!failed || !text.includes("<tool_use_error>"))
    result.reports = readReports(pending.checks ?? [], { text, failed, timedOut }, pending.where ?? NOWHERE);
}

function isTimeout(outcome: Fields, text: string): boolean {
  return (
    outcome["timedOut"] === true ||
    numberOf(outcome["timedOutAfterMs"]) !== undefined ||
    ((/timed out|timeout:/i.test(text.slice(0, 400)) || /timed out|timeout:/i.test(text.slice(-400))) &&
      /\b(?:Command timed out after|timed out after \d+|Timeout: command)\b/i.test(text))
  );
}

/** Returns who refused a tool: the user, or a rule of the configuration (`-p` denies what would have to be asked). */
function denialOf(entry: Fields, text: string): ResultEvent["denied"] {
  const source = optionalText(fieldsOf(entry["permissionDecision"])["source"]);
  const kind = optionalText(entry["toolDenialKind"]);
  if (source !== undefined && fieldsOf(entry["permissionDecision"])["decision"] === "reject")
    return source.startsWith("user") ? "user" : "config";
  if (kind !== undefined && kind !== "user-rejected") return "config";
  if (/haven't granted it yet|has been denied|needs approval|don't ask mode/.test(text)) return "config";
  const refused =
    kind === "user-rejected" ||
    /The user doesn't want to (?:proceed|take this action)|User rejected/.test(text);
  if (!refused) return undefined;
  return textOf(entry["entrypoint"]).startsWith("sdk") && source === undefined && kind === undefined
    ? "config"
    : "user";
}

function agentFields(outcome: Fields, text: string, isAgent: boolean): Partial<ResultEvent> {
  if (!isAgent) return {};
  const agentId = optionalText(outcome["agentId"]) ?? /\bagentId: (\w+)/.exec(text)?.[1];
  const resolvedModel = optionalText(outcome["resolvedModel"]);
  const status = optionalText(outcome["status"]);
  const modelsUsed = listOf(outcome["modelsUsed"]).map(textOf).filter(Boolean);
  const durationMs = numberOf(outcome["totalDurationMs"]);
  const totalTokens = numberOf(outcome["totalTokens"]);
  return {
    ...(agentId !== undefined && { agentId }),
    ...(resolvedModel !== undefined && { resolvedModel }),
    ...(status !== undefined && { status }),
    ...(modelsUsed.length > 0 && { modelsUsed }),
    ...(durationMs !== undefined && { durationMs }),
    ...(totalTokens !== undefined && { totalTokens }),
  };
}

/** Reads the output of a command that ran in the background, once it has ended. */
function observeOutput(task: string, text: string, seen: Seen, state: ObserverState): Event[] {
  const status = /<status>(\w+)<\/status>/.exec(text)?.[1];
  if (status === undefined || status === "running") return [];
  const code = /<exit_code>(\d+)<\/exit_code>/.exec(text)?.[1];
  return endBackground(task, { status, code, text }, seen, state);
}

/** Returns the events of a background task's report to the main thread. */
export function observeNotification(text: string, seen: Seen, state: ObserverState): Event[] {
  const task = /<task-id>([^<]+)<\/task-id>/.exec(text)?.[1];
  const said = /<status>(\w+)<\/status>/.exec(text)?.[1];
  // What was still running when its process ended is called stopped as well, though nobody stopped it.
  const status = text.includes("before the previous session ended") ? "lost" : said;
  const code = /exit code (\d+)/.exec(text)?.[1];
  return [
    {
      kind: "notification",
      ...seen,
      ...(task !== undefined && { task }),
      ...(status !== undefined && { status }),
    },
    ...(task === undefined ? [] : endBackground(task, { status: said, code, text }, seen, state)),
  ];
}

/** A command that was stopped, or whose process was gone before it, has no verdict: it did not come to its end. */
function endBackground(
  task: string,
  { status, code, text }: { status: string | undefined; code: string | undefined; text: string },
  seen: Seen,
  state: ObserverState,
): Event[] {
  const command = state.background.get(task);
  if (!command?.checks) return [];
  state.background.delete(task);
  if (status !== "completed" && status !== "failed" && code === undefined) return [];
  const failed = code === undefined ? status === "failed" : code !== "0";
  const said = failed && code !== undefined ? `Exit code ${code}\n${text}` : text;
  const result = { text: said, failed, timedOut: false };
  const reports = readReports(command.checks, result, command.where ?? NOWHERE);
  return [{ kind: "background-verdict", ...seen, id: command.id, reports }];
}
