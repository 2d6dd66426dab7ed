import { type FileScan, FLAG } from "../domain/file-scan.ts";
import type { Glance } from "./fast-path.ts";
import { learn, type Meaning } from "./known-lines.ts";
import type { OnAsk } from "./lines.ts";
import { isAttachmentNeeded, isResultNeeded } from "./observe/needs.ts";
import { createRequestRows } from "./request-rows.ts";
import { object, parseRequest, type RequestEntry, text } from "./request.ts";
import {
  beginFile,
  bytes,
  IS,
  isFull,
  record,
  SLOT,
  STATE,
  state,
  takeTables,
  textAt,
  ASK,
  type Ask,
} from "./walker.ts";
import type { Place, Watch } from "./observe/watch.ts";

type Json = Record<string, unknown>;

/** Turns the lines of one file into requests and events: does what the walker leaves to do. */
export interface Decoder {
  onAsk: OnAsk;
  take(): FileScan;
}

/** Entries that hold nothing that rolecall reads, some of them very large; any other type is looked at. */
const UNNEEDED = new Set([
  "agent-name", "ai-title", "api-request", "api-request-blob", "api-request-shape", "atis-latch", "bridge-session",
  "custom-title", "file-history-delta", "file-history-snapshot", "frame-link", "fork-context-ref", "history-suppression",
  "last-prompt", "pr-link", "relocated", "summary", "tag", "task-summary", "tools-used", "worktree-state",
]); // prettier-ignore

const UNDERSTOOD = new Set([
  "assistant",
  "user",
  "system",
  "attachment",
  "progress",
  "queue-operation",
  "cost-state",
  "mode",
  "permission-mode",
  "agent-setting",
]);

/** A line that asks for more than this, one thing after the other, is parsed. */
const MOST_LESSONS = 8;

/** A decoder for a file, or for the rest of one that was read before. `firstAt` is NaN where no time is known yet. */
export function createDecoder(known: { firstAt: number; watch: () => Watch }): Decoder {
  beginFile();
  const rows = createRequestRows(makeRoom);
  const watch = known.watch();
  const counts: Record<string, number> = {};
  const unknown: Record<string, number> = {};
  const clientCosts = new Map<string, number>();
  let { firstAt } = known;
  let cwd = "";
  // The first entry with a time says when the file began, so nothing is passed over before it.
  state[STATE.hasBegun] = Number.isNaN(firstAt) ? 0 : 1;
  state[STATE.lastAt] = Number.NaN;

  const count = (code: string, more = 1) => void (counts[code] = (counts[code] ?? 0) + more);

  function note(at: number): void {
    if (Number.isNaN(at)) return;
    if (Number.isNaN(firstAt)) firstAt = at;
    state[STATE.hasBegun] = 1;
    state[STATE.lastAt] = at;
  }

  function empty(): void {
    const { keys, numbers, noted } = takeTables();
    rows.keep(keys, numbers);
    watch.keep(noted);
  }

  function makeRoom(): void {
    if (isFull()) empty();
  }

  const meaning: Meaning = {
    contextIndex: rows.contextIndex,
    requestOf: (entry) => requestOf(entry, state[STATE.line] as number),
    isFor: ({ is, type }: Glance) => {
      if (is === "typed") return UNNEEDED.has(type) ? IS.skipped : undefined;
      if (is === "progress") return type === "agent_progress" ? undefined : IS.passed;
      if (is === "attachment") return isAttachmentNeeded(type) ? IS.needed : IS.passed;
      if (is === "answer") return IS.answer;
      return is === "tool-result" ? IS.toolResult : IS.needed;
    },
  };

  /** Makes known what the line at hand needs to be settled; false when it has to be parsed. */
  function quickly(ask: Ask): boolean {
    let next = ask;
    for (let lessons = 0; lessons < MOST_LESSONS; lessons++) {
      switch (next) {
        case ASK.parse:
          return false;
        case ASK.tellCall:
          watch.light(state[STATE.lastAt] as number, textAt(SLOT.toolName));
          return true;
        case ASK.observe:
          observe();
          return true;
        case ASK.nothing:
          return true;
        default:
          next = learn(next, meaning);
      }
    }
    return false;
  }

  /** Hands the line at hand to the outcomes' side; all else is done. */
  function observe(): void {
    const [start = 0, end = 0] = record;
    const entry = parseLine(bytes, start, end);
    if (entry) watch.entry(entry, placeOf(), callsIn(entry));
  }

  function slowly(): void {
    const [start = 0, end = 0] = record;
    const place = placeOf();
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
      watch.entry(entry, place, callsIn(entry));
      return "understood";
    }
    if (UNNEEDED.has(type)) return "skipped";
    unknown[type.slice(0, 60)] = (unknown[type.slice(0, 60)] ?? 0) + 1;
    return "unknown-entry";
  }

  function assistantEntry(entry: Json, line: number): boolean {
    if (object(entry["message"])?.["model"] === "<synthetic>") {
      if (entry["streamCutCause"] !== undefined) {
        empty();
        rows.markCut();
      }
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
    onAsk(ask) {
      if (ask === ASK.empty) empty();
      else if (!quickly(ask)) slowly();
    },
    take() {
      empty();
      const [lastAt = 0, understood = 0, skipped = 0] = state.subarray(STATE.lastAt);
      if (understood > 0) count("understood", understood);
      if (skipped > 0) count("skipped", skipped);
      return {
        ...rows.take(),
        counts,
        unknown,
        cwd,
        firstAt,
        lastAt,
        clientCosts: [...clientCosts].map(([session, usd]) => ({ session, usd })),
        ...watch.take(),
      };
    },
  };
}

/** Where the line at hand is. */
function placeOf(): Place {
  const [start = 0, end = 0] = record;
  const [line = 0, base = 0] = state;
  return { line, offset: base + start, length: end - start };
}

/** The tool calls in an entry whose results outcomes may need. */
function callsIn(entry: Json): string[] {
  const content = object(entry["message"])?.["content"];
  const blocks = Array.isArray(content) ? content.map(object) : [];
  return blocks
    .filter((block) => block?.["type"] === "tool_use" && isResultNeeded(text(block["name"])))
    .map((block) => text(block?.["id"]));
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
