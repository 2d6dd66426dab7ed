import { type FileScan, FLAG } from "../domain/file-scan.ts";
import { endsInAnswer, holdsAnother, tailOf, withoutContent } from "./fast-path.ts";
import { createKnownLines } from "./known-lines.ts";
import type { OnLine } from "./lines.ts";
import { createRequestRows } from "./request-rows.ts";
import { object, parseRequest, type RequestEntry, text } from "./request.ts";
import { bytes, IS, LINE_FLAG, records, SLOT, textAt, walkAgain } from "./walker.ts";
import { createWatch, type Place, type WatchMode } from "./watch.ts";

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
  const lines = createKnownLines();
  const watch = createWatch(known.watch ?? { now: undefined });
  const counts: Record<string, number> = {};
  const unknown: Record<string, number> = {};
  const clientCosts = new Map<string, number>();
  let { firstAt } = known;
  let lastAt = Number.NaN;
  let cwd = "";

  const count = (code: string) => void (counts[code] = (counts[code] ?? 0) + 1);

  function note(at: number): void {
    if (Number.isNaN(at)) return;
    if (Number.isNaN(firstAt)) firstAt = at;
    lastAt = at;
  }

  /** Deals with a line by what its bytes prove; false when it has to be parsed. */
  function quickly(record: number, start: number, end: number, place: Place): boolean {
    // The first entry with a time says when the file began, so nothing is passed over before it.
    if (Number.isNaN(firstAt)) return false;
    if (records[record + SLOT.is] !== 0) return message(record, place);
    const seen = lines.meet(start, end);
    if (seen.is === "unclear") return false;
    if ("text" in seen) return records[walkAgain(record) + SLOT.is] !== 0 && message(0, place);
    const wanted = seen.is === "attachment" && watch.wantsAttachment(seen.type);
    if (wanted && !watch.later) return false;
    if (seen.is === "typed" && !UNNEEDED.has(seen.type)) return false;
    if (seen.is === "progress" && seen.type === "agent_progress") return false;
    if (endsInAnswer(bytes, start, end)) return false;
    if (wanted) watch.entry(undefined, place);
    count(seen.is === "typed" ? "skipped" : "understood");
    return true;
  }

  function message(record: number, place: Place): boolean {
    const is = records[record + SLOT.is];
    const flags = records[record + SLOT.flags] as number;
    if (is === IS.assistant) return answer(record, flags, place);
    const isResult = is === IS["tool-result"];
    const wanted =
      !isResult || (flags & LINE_FLAG.shortError) !== 0 || watch.wantsResult(textAt(record + SLOT.id));
    if ((wanted && !watch.later) || flags & LINE_FLAG.endsInAnswer) return false;
    if (wanted && isResult) watch.result(place);
    else if (wanted) watch.entry(undefined, place);
    count("understood");
    return true;
  }

  function answer(record: number, flags: number, place: Place): boolean {
    if ((flags & (LINE_FLAG.tool | LINE_FLAG.noTool)) === 0) return false;
    const tool = flags & LINE_FLAG.tool ? textAt(record + SLOT.toolName) : undefined;
    const isWanted = tool !== undefined && watch.wantsTool(tool);
    if (isWanted && !watch.later) return false;
    const toolId = isWanted ? textAt(record + SLOT.toolId) : "";
    if (!countAnswer(record, flags, place.line)) return false;
    count("understood");
    if (isWanted) watch.entry(undefined, place, [toolId]);
    else if (tool !== undefined) watch.light(place.line, lastAt, tool);
    return true;
  }

  function countAnswer(record: number, flags: number, line: number): boolean {
    const id = textAt(record + SLOT.id);
    const closing = lines.closing(record);
    if (closing && Number.isNaN(closing.at)) return false;
    if (closing && rows.again(id, closing)) {
      note(closing.at);
      return true;
    }
    if (flags & LINE_FLAG.holdsAnother) return false;
    const [behind, end] = [records[record + SLOT.behind] as number, records[record + SLOT.end] as number];
    if (flags & LINE_FLAG.sameAnswer && holdsAnother(bytes, behind, end)) return false;
    const request = closing ? { ...closing, key: id, line, parts: [] } : answerWithoutContent(record, line);
    if (!request) return false;
    note(request.at);
    rows.add(request);
    return true;
  }

  /** An answer that ends in a new way: parsed all but its content, and remembered. */
  function answerWithoutContent(record: number, line: number): RequestEntry | undefined {
    const [start, behind, end] = [SLOT.start, SLOT.behind, SLOT.end].map(
      (slot) => records[record + slot] as number,
    ) as [number, number, number];
    const tail = tailOf(bytes, behind, end);
    if (tail === undefined) return undefined;
    const entry = withoutContent(bytes.toString("latin1", start, behind), tail);
    const request = entry?.["type"] === "assistant" ? requestOf(entry, line) : undefined;
    if (request) lines.learnClosing(record, tail, request);
    return request;
  }

  function slowly(start: number, end: number, place: Place): void {
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
    cwd ||= text(entry["cwd"]);
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
    if (object(entry["message"])?.["model"] === "<synthetic>") {
      if (entry["streamCutCause"] !== undefined) rows.markCut();
      return true;
    }
    const request = requestOf(entry, line);
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
    line(record, line, offset) {
      const [start, end] = [records[record + SLOT.start] as number, records[record + SLOT.end] as number];
      const place = { line, offset, length: end - start };
      if (!quickly(record, start, end, place)) slowly(start, end, place);
    },
    take: () => ({
      ...rows.take(),
      counts,
      unknown,
      cwd,
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

/** The request of an assistant entry; undefined where its message or usage is not readable. */
function requestOf(entry: Json, line: number): RequestEntry | undefined {
  const message = object(entry["message"]);
  const usage = object(message?.["usage"]);
  return message && usage && parseRequest(envelopeOf(message, usage, entry), line);
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
