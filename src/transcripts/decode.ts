import {
  endsInAnswer,
  holdsAnother,
  type AssistantGlance,
  glance,
  latin1Head,
  matchTail,
  parsePieces,
} from "./fast-path.ts";
import { type FileScan, FLAG } from "../domain/file-scan.ts";
import type { OnLine } from "./lines.ts";
import { createRequestRows } from "./request-rows.ts";
import { object, parseRequest, parseUsage, text } from "./request.ts";
import { LONGEST_ERROR, createWatch, type Place, type WatchMode } from "./watch.ts";

type Json = Record<string, unknown>;

/** Turns the lines of one file into requests and events. */
export interface Decoder {
  line: OnLine;
  take(): FileScan;
}

/** Entries that hold nothing that rolecall reads, some of them very large; any other type is looked at. */
const UNNEEDED = new Set([
  "agent-name", "ai-title", "api-request", "api-request-blob", "api-request-shape", "atis-latch", "bridge-session",
  "custom-title", "file-history-delta", "file-history-snapshot", "frame-link", "fork-context-ref", "history-suppression",
  "last-prompt", "pr-link", "queue-operation", "relocated", "summary", "tag", "task-summary", "tools-used", "worktree-state",
]); // prettier-ignore

const UNDERSTOOD = new Set([
  "assistant",
  "user",
  "system",
  "attachment",
  "progress",
  "cost-state",
  "mode",
  "permission-mode",
  "agent-setting",
]);

/** A decoder for a file, or for the rest of one that was read before. `firstAt` is NaN where no time is known yet. */
export function createDecoder(known: { firstAt: number; watch?: WatchMode }): Decoder {
  const rows = createRequestRows();
  const watch = createWatch(known.watch ?? { now: undefined });
  const counts: Record<string, number> = {};
  const unknown: Record<string, number> = {};
  const clientCosts = new Map<string, number>();
  let { firstAt } = known;
  let lastAt = Number.NaN;

  const count = (code: string) => void (counts[code] = (counts[code] ?? 0) + 1);

  function note(at: number): void {
    if (Number.isNaN(at)) return;
    if (Number.isNaN(firstAt)) firstAt = at;
    lastAt = at;
  }

  /** Deals with a line by what its bytes prove; false when it has to be parsed. */
  function quickly(bytes: Buffer, start: number, end: number, place: Place): boolean {
    // The first entry with a time says when the file began, so nothing is passed over before it.
    if (Number.isNaN(firstAt)) return false;
    const head = latin1Head(bytes, start, end);
    const seen = glance(head);
    if (seen.is === "unclear") return false;
    if (seen.is === "assistant") {
      const wanted = seen.tool !== undefined && watch.wantsTool(seen.tool.name);
      if (wanted && !watch.later) return false;
      if (!assistantBytes(seen, head, bytes, start, end, place.line)) return false;
      if (wanted) watch.entry(undefined, place, [seen.tool?.id ?? ""]);
      else if (seen.tool) watch.light(place.line, lastAt, seen.tool.id, seen.tool.name);
      return true;
    }
    const isResult = seen.is === "tool-result";
    const wanted =
      (isResult && (watch.wantsResult(seen.toolUseId) || isShortError(bytes, start, end))) ||
      seen.is === "prompt" ||
      (seen.is === "attachment" && watch.wantsAttachment(seen.type));
    if (wanted && !watch.later) return false;
    if (seen.is === "typed" && !UNNEEDED.has(seen.type)) return false;
    if (seen.is === "progress" && seen.type === "agent_progress") return false;
    if (endsInAnswer(bytes, start, end)) return false;
    if (wanted && isResult) watch.result(place);
    else if (wanted) watch.entry(undefined, place);
    count(seen.is === "typed" ? "skipped" : "understood");
    return true;
  }

  function assistantBytes(
    seen: AssistantGlance,
    head: string,
    bytes: Buffer,
    start: number,
    end: number,
    line: number,
  ): boolean {
    const tail = matchTail(bytes, start, end);
    if (!tail) return false;
    const usage = parseUsage(tail.usage);
    if (!usage) return false;
    // What else a later block of the same message says was said by the first, but for a stream that was cut.
    if (tail.fields.includes('"isAborted') || !rows.again(seen.id, usage, tail.stop)) {
      if (holdsAnother(bytes, start + seen.brace, end)) return false;
      const envelope = parsePieces(head, seen, tail);
      const entry = envelope && parseRequest(envelope, line);
      if (!entry) return false;
      note(entry.at);
      rows.add(entry);
    }
    count("understood");
    return true;
  }

  function slowly(bytes: Buffer, start: number, end: number, place: Place): void {
    const entry = parseLine(bytes, start, end);
    if (entry === undefined) return count("skipped"); // blank
    if (entry) return count(read(entry, place));
    count("bad-json");
    // A client that was killed leaves a torn line, and the next one writes on behind it.
    const behind = bytes.subarray(start, end).lastIndexOf('{"parentUuid":');
    const next = behind > 0 ? parseLine(bytes, start + behind, end) : undefined;
    if (next) read(next, place);
  }

  /** Takes what is needed from an entry; returns how it was met. */
  function read(entry: Json, place: Place): string {
    note(Date.parse(text(entry["timestamp"])));
    const type = text(entry["type"]);
    if (type === "cost-state") clientCost(entry);
    if (type === "assistant" && !assistantEntry(entry, place.line)) return "bad-usage";
    if (type === "progress") progressEntry(entry, place.line);
    if (UNDERSTOOD.has(type)) {
      watch.entry(entry, place, watch.later ? callsIn(entry) : []);
      return "understood";
    }
    if (UNNEEDED.has(type)) return "skipped";
    unknown[type.slice(0, 60)] = (unknown[type.slice(0, 60)] ?? 0) + 1;
    return "unknown-entry";
  }

  function assistantEntry(entry: Json, line: number): boolean {
    const message = object(entry["message"]);
    if (!message) return false;
    if (message["model"] === "<synthetic>") {
      if (entry["streamCutCause"] !== undefined) rows.markCut();
      return true;
    }
    const usage = object(message["usage"]);
    const request = usage && parseRequest(envelopeOf(message, usage, entry), line);
    if (request) rows.add(request);
    return request !== undefined;
  }

  /** Clients up to 2.1.1xx echo a sub-agent's messages in the parent's transcript, with partial counts. */
  function progressEntry(entry: Json, line: number): void {
    const data = object(entry["data"]);
    const inner = object(data?.["message"]);
    const message = object(inner?.["message"]);
    const usage = object(message?.["usage"]);
    if (data?.["type"] !== "agent_progress" || !inner || !message || !usage || inner["type"] !== "assistant")
      return;
    const whole = {
      ...entry,
      ...inner,
      agentId: data["agentId"],
      sessionId: entry["sessionId"],
      attributionAgent: "",
    };
    const request = parseRequest(envelopeOf(message, usage, whole), line);
    if (request && message["model"] !== "<synthetic>") {
      request.context.flags |= FLAG.copy;
      rows.add(request);
    }
  }

  function clientCost(entry: Json): void {
    const usd = entry["totalCostUSD"];
    if (typeof usd === "number" && Number.isFinite(usd)) clientCosts.set(text(entry["sessionId"]), usd);
  }

  return {
    line(bytes, start, end, line, offset) {
      const place = { line, offset, length: end - start };
      if (!quickly(bytes, start, end, place)) slowly(bytes, start, end, place);
    },
    take: () => ({
      ...rows.take(),
      counts,
      unknown,
      firstAt,
      lastAt,
      clientCosts: [...clientCosts].map(([session, usd]) => ({ session, usd })),
      ...watch.take(),
    }),
  };
}

/** The tool calls in an entry. */
function callsIn(entry: Json): string[] {
  const content = object(entry["message"])?.["content"];
  const blocks = Array.isArray(content) ? content.map(object) : [];
  return blocks.filter((block) => block?.["type"] === "tool_use").map((block) => text(block?.["id"]));
}

function envelopeOf(message: Json, usage: Json, entry: Json) {
  return {
    id: text(message["id"]),
    model: text(message["model"]),
    stop: text(message["stop_reason"]),
    usage,
    entry,
  };
}

/** The entry on a line; undefined for a blank one, null for what is no JSON object. */
export function parseLine(bytes: Buffer, start: number, end: number): Json | undefined | null {
  const from = skipMarks(bytes, start, end);
  if (from === end) return undefined;
  try {
    return object(JSON.parse(bytes.toString("utf8", from, end))) ?? null;
  } catch {
    return null;
  }
}

/** Before the first brace may stand spaces, a byte order mark, and the zeros that a crash leaves. */
function skipMarks(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && ((bytes[at] as number) <= 0x20 || MARK.has(bytes[at] as number))) at++;
  return at;
}

const MARK = new Set([0xef, 0xbb, 0xbf]);

/** Whether a last line without a line break is a whole entry. */
export function isWholeEntry(bytes: Buffer, start: number, end: number): boolean {
  return bytes[end - 1] === 0x7d && object(parseLine(bytes, start, end)) !== undefined;
}

function isShortError(bytes: Buffer, start: number, end: number): boolean {
  return end - start <= LONGEST_ERROR && bytes.toString("latin1", start, end).includes('"is_error":true');
}
