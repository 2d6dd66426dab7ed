import { FLAG, type RequestContext } from "../../domain/file-scan.ts";
import { NO_USAGE, type Usage } from "../../domain/usage.ts";
import { type Fields, fieldsOf, isFields, textOf, timeIn } from "../fields.ts";
import { UNIQUE_LENGTH } from "./layout.ts";

/** The part of a request that one assistant entry holds. */
export interface RequestEntry {
  /** Entries with the same key are one request: docs/definitions.md, Request. Empty if only the lines around it show which one it is. */
  key: string;
  /** Links of the entry to others. */
  link: EntryLink;
  /** ms since the epoch. */
  at: number;
  line: number;
  context: RequestContext;
  /** The reason for the end of the answer; empty if none is stated. */
  stop: string;
  usage: Usage;
  /** Returns how many bytes the answer wrote on this line. */
  written: () => number;
  /** Everything else that was billed with it, each at a model of its own: advisor, fallback, compaction. */
  parts: readonly Part[];
}

export interface EntryLink {
  /** Of the message. */
  id: string;
  /** Of the entry, in a branch's copy that of the original. */
  uuid: string;
  /** Of the entry before it in its thread; empty if it names none. */
  parent: string;
}

export interface Part {
  model: string;
  usage: Usage;
}

/** An assistant entry without its content. */
export interface Envelope {
  message: Fields;
  usage: Fields;
  /** The top level. */
  entry: Fields;
}

/** Reads the request of an assistant entry. Returns undefined if its time or its usage is not readable. */
export function parseRequest(envelope: Envelope, line: number): RequestEntry | undefined {
  const { message, usage, entry } = envelope;
  const at = timeIn(entry);
  const total = parseUsage(usage);
  if (!total || Number.isNaN(at)) return undefined;
  const bills = parseIterations(usage, textOf(message["model"]));
  return {
    key: keyOf(message, entry),
    link: linkOf(message, entry),
    at,
    line,
    context: contextOf(envelope),
    stop: textOf(message["stop_reason"]),
    usage: bills ? { ...bills.own, webSearches: total.webSearches } : total,
    written: () => writtenBytes(message["content"]),
    parts: bills?.others ?? [],
  };
}

/** Measures what an answer wrote: text, thinking and the inputs of tools as JSON, without the signatures of thinking. */
function writtenBytes(content: unknown): number {
  if (!Array.isArray(content)) return 0;
  const signatures = content.filter(isFields).map((block) => textOf(block["signature"]).length);
  return Buffer.byteLength(JSON.stringify(content)) - 2 - signatures.reduce((sum, length) => sum + length, 0);
}

/**
 * Returns the key of a request (docs/definitions.md, Request). A short id alone is not enough: a gateway may answer every request with the
 * same one. Then it is empty, and shared-ids.ts finds out which lines are one answer.
 */
function keyOf(message: Fields, entry: Fields): string {
  const id = textOf(message["id"]);
  const requestId = textOf(entry["requestId"]);
  const reference = textOf(entry["requestRef"]);
  if (reference !== "") return `ref:${reference}`;
  if (id.startsWith("msg_") && requestId.startsWith("req_")) return id;
  return requestId !== "" && (isUnique(id) || isUnique(requestId)) ? `${id}:${requestId}` : "";
}

/** Returns whether an id is long enough to be that of one answer alone. */
export function isUnique(id: string): boolean {
  return id.length >= UNIQUE_LENGTH;
}

function linkOf(message: Fields, entry: Fields): EntryLink {
  return {
    id: textOf(message["id"]),
    uuid:
      textOf(fieldsOf(entry["forkedFrom"])["messageUuid"]) ||
      textOf(entry["uuid"]) ||
      textOf(entry["timestamp"]),
    parent: textOf(entry["parentUuid"]),
  };
}

/** Reads what an assistant entry shares with many others. */
export function contextOf({ message, usage, entry }: Envelope): RequestContext {
  return {
    session: textOf(entry["sessionId"]),
    agentId: textOf(entry["agentId"]) || (entry["isSidechain"] === true ? "sidechain" : ""),
    agentType: textOf(entry["attributionAgent"]),
    served: textOf(message["model"]),
    requested: textOf(entry["requestedModel"]),
    effort: textOf(entry["effort"]),
    branch: textOf(entry["gitBranch"]),
    cwd: textOf(entry["cwd"]),
    version: textOf(entry["version"]),
    nickname: textOf(entry["slug"]),
    flags: flagsOf(message, usage, entry),
  };
}

function flagsOf(message: Fields, usage: Fields, entry: Fields): number {
  const isApi = textOf(message["id"]).startsWith("msg_0") && textOf(entry["requestId"]).startsWith("req_");
  const from = textOf(entry["requestSessionId"]);
  const isBranched = entry["forkedFrom"] !== undefined;
  const isCopied = isBranched || (from !== "" && from !== textOf(entry["sessionId"]));
  return (
    (usage["speed"] === "fast" ? FLAG.fast : 0) |
    (usage["inference_geo"] === "us" ? FLAG.usOnly : 0) |
    (usage["service_tier"] === "batch" ? FLAG.batch : 0) |
    (entry["isAbortedMidStream"] === true ? FLAG.cut : 0) |
    (isApi ? FLAG.firstParty : 0) |
    (isCopied ? FLAG.copy : 0) |
    (isBranched ? FLAG.branch : 0)
  );
}

/**
 * Reads the counts of a `usage` object as the client prices them: what is null, missing or negative is 0, a fraction stays one, and a text
 * that is a number is read as one. Returns undefined if no count is readable.
 */
function parseUsage(usage: Fields): Usage | undefined {
  const split = fieldsOf(usage["cache_creation"]);
  const counts = [
    usage["input_tokens"],
    usage["output_tokens"],
    usage["cache_creation_input_tokens"],
    usage["cache_read_input_tokens"],
  ];
  if (counts.every((value) => count(value) === undefined)) return undefined;
  const written = count(usage["cache_creation_input_tokens"]) ?? 0;
  const cacheWrite1h = count(split["ephemeral_1h_input_tokens"]) ?? 0;
  return {
    input: count(usage["input_tokens"]) ?? 0,
    output: count(usage["output_tokens"]) ?? 0,
    thinking: count(fieldsOf(usage["output_tokens_details"])["thinking_tokens"]) ?? 0,
    // Everything that was not written for an hour has the five-minute price, whatever the split says of it.
    cacheWrite5m:
      written > 0 ? Math.max(0, written - cacheWrite1h) : (count(split["ephemeral_5m_input_tokens"]) ?? 0),
    cacheWrite1h,
    cacheRead: count(usage["cache_read_input_tokens"]) ?? 0,
    webSearches: count(fieldsOf(usage["server_tool_use"])["web_search_requests"]) ?? 0,
  };
}

/**
 * Reads `usage.iterations`. If it holds anything but plain messages, each iteration is billed at its own model, and the counts at the
 * top describe only a part. A declined attempt without output is not billed (vendor documentation of fallback and advisor).
 */
function parseIterations(usage: Fields, model: string): { own: Usage; others: Part[] } | undefined {
  const all = Array.isArray(usage["iterations"]) ? usage["iterations"] : [];
  const iterations = all.filter(isFields);
  if (iterations.every(({ type }) => (type ?? "message") === "message")) return undefined;
  const isServed = iterations.some(({ type }) => type === "fallback_message");
  const bills: Part[] = [];
  for (const iteration of iterations) {
    const counts = parseUsage(iteration);
    if (!counts) continue;
    const isDeclined = isServed && iteration["type"] === "message" && counts.output === 0;
    if (!isDeclined) bills.push({ model: textOf(iteration["model"]) || model, usage: counts });
  }
  const own = bills.find((bill) => bill.model === model);
  return { own: own?.usage ?? NO_USAGE, others: bills.filter((bill) => bill !== own) };
}

/** No request has more; sums of counts stay exact. */
const MOST = 1e12;

function count(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && number >= 0 && number < MOST ? number : undefined;
}

/** Returns whether a count is there but not a plain number of tokens: it was read as something else. */
export function hasOddCounts(usage: Fields): boolean {
  const values = [
    "input_tokens",
    "output_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
  ].map((name) => usage[name]);
  return values.some(
    (value) =>
      value !== undefined && value !== null && !(typeof value === "number" && count(value) !== undefined),
  );
}
