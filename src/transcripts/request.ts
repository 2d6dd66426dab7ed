import { FLAG, type RequestContext } from "./old-file-scan.ts";
import { NO_USAGE, type Usage } from "../domain/usage.ts";

/** What one assistant entry says about its request. */
export interface RequestEntry {
  /** docs/definitions.md, Request: entries of one key are one request. */
  key: string;
  /** ms since the epoch. */
  at: number;
  line: number;
  context: RequestContext;
  usage: Usage;
  /** What else was billed with it, each at a model of its own: advisor, fallback, compaction. */
  parts: readonly Part[];
}

export interface Part {
  model: string;
  usage: Usage;
}

type Json = Record<string, unknown>;

/** The fields of an assistant entry that are not its content, in whatever order they stood. */
export interface Envelope {
  id: string;
  model: string;
  stop: string;
  usage: Json;
  /** The top level of the entry. */
  entry: Json;
}

/** The request of an assistant entry, or undefined when its usage is not readable. */
export function parseRequest(envelope: Envelope, line: number): RequestEntry | undefined {
  const { id, model, stop, usage, entry } = envelope;
  const at = Date.parse(text(entry["timestamp"]));
  const total = parseUsage(usage);
  if (!total || Number.isNaN(at)) return undefined;
  const requestId = text(entry["requestId"]);
  const session = text(entry["sessionId"]);
  const bills = parseIterations(usage, model);
  return {
    key: keyOf(id, requestId, text(entry["uuid"])),
    at,
    line,
    context: {
      session,
      agentId: text(entry["agentId"]) || (entry["isSidechain"] === true ? "sidechain" : ""),
      agentType: text(entry["attributionAgent"]),
      served: model,
      requested: text(entry["requestedModel"]),
      effort: text(entry["effort"]),
      branch: text(entry["gitBranch"]),
      cwd: text(entry["cwd"]),
      version: text(entry["version"]),
      nickname: text(entry["slug"]),
      stop,
      flags: flagsOf(usage, entry, id, requestId, session),
    },
    usage: bills ? { ...bills.own, webSearches: total.webSearches } : total,
    parts: bills?.others ?? [],
  };
}

function keyOf(id: string, requestId: string, uuid: string): string {
  if (id.startsWith("msg_")) return id;
  return id ? `${id}:${requestId}` : uuid;
}

function flagsOf(usage: Json, entry: Json, id: string, requestId: string, session: string): number {
  const from = text(entry["requestSessionId"]);
  const branched = entry["forkedFrom"] !== undefined;
  const copied = branched || (from !== "" && from !== session);
  return (
    (usage["speed"] === "fast" ? FLAG.fast : 0) |
    (usage["inference_geo"] === "us" ? FLAG.usOnly : 0) |
    (usage["service_tier"] === "batch" ? FLAG.batch : 0) |
    (entry["isAbortedMidStream"] === true ? FLAG.cut : 0) |
    (id.startsWith("msg_0") && requestId.startsWith("req_") ? FLAG.firstParty : 0) |
    (copied ? FLAG.copy : 0) |
    (branched ? FLAG.branch : 0)
  );
}

/** Counts of a `usage` object; undefined when one that must be there is no whole number. */
function parseUsage(usage: Json): Usage | undefined {
  const input = count(usage["input_tokens"]);
  const output = count(usage["output_tokens"]);
  if (input === undefined || output === undefined) return undefined;
  const split = object(usage["cache_creation"]);
  const written = count(usage["cache_creation_input_tokens"]) ?? 0;
  const cacheWrite1h = count(split?.["ephemeral_1h_input_tokens"]) ?? 0;
  return {
    input,
    output,
    thinking: count(object(usage["output_tokens_details"])?.["thinking_tokens"]) ?? 0,
    // Without the split all of it is at the five-minute price, as Claude Code itself counts.
    cacheWrite5m: split
      ? (count(split["ephemeral_5m_input_tokens"]) ?? Math.max(0, written - cacheWrite1h))
      : written,
    cacheWrite1h,
    cacheRead: count(usage["cache_read_input_tokens"]) ?? 0,
    webSearches: count(object(usage["server_tool_use"])?.["web_search_requests"]) ?? 0,
  };
}

/**
 * Where `usage.iterations` holds anything but plain messages, each is billed at its own model and the top-level counts
 * describe only a part; a declined attempt without output is not billed (vendor documentation of fallback and advisor).
 */
function parseIterations(usage: Json, model: string): { own: Usage; others: Part[] } | undefined {
  const iterations = Array.isArray(usage["iterations"]) ? usage["iterations"].map(object) : [];
  if (iterations.every((iteration) => !iteration || (iteration["type"] ?? "message") === "message"))
    return undefined;
  const served = iterations.some((iteration) => iteration?.["type"] === "fallback_message");
  const bills: Part[] = [];
  for (const iteration of iterations) {
    const counts = iteration && parseUsage(iteration);
    if (!counts) continue;
    const declined = served && iteration["type"] === "message" && counts.output === 0;
    if (!declined) bills.push({ model: text(iteration["model"]) || model, usage: counts });
  }
  const own = bills.find((bill) => bill.model === model);
  return { own: own?.usage ?? NO_USAGE, others: bills.filter((bill) => bill !== own) };
}

function count(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** A string, or an empty one. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** An object, or undefined. */
export function object(value: unknown): Json | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
