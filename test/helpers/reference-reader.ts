import { createHash } from "node:crypto";
import { type FileScan, FLAG, type RequestContext } from "../../src/domain/file-scan.ts";
import type { TranscriptContent } from "../../src/domain/ledger-input.ts";
import type { Usage } from "../../src/domain/usage.ts";
import { type Fields, fieldsOf, isFields, textOf, timeIn } from "../../src/transcripts/fields.ts";
import { createBlockReader } from "../../src/transcripts/blocks/reader.ts";
import { createObserver } from "../../src/transcripts/observe/observe.ts";
import { OTHER_ENTRIES, SKIPPED_ENTRIES } from "../../src/transcripts/reader/names.ts";
import { createSideChains } from "../../src/transcripts/side-chains.ts";
import {
  hasOddCounts,
  isUnique,
  parseRequest,
  type RequestEntry,
} from "../../src/transcripts/reader/request.ts";

/** One request of a file. */
export interface Request {
  key: string;
  at: number;
  line: number;
  stop: string;
  context: RequestContext;
  usage: Usage;
  /** Only while reading: an error cut its stream. */
  isCut?: boolean;
  /** Only while reading: how its entry is linked to others. */
  link?: RequestEntry["link"];
}

/** Everything that the two readings of a transcript find, in the form that tests compare. */
export interface Findings extends Omit<
  FileScan,
  "keys" | "numbers" | "contexts" | "otherStops" | "lastContext" | "agentRun"
> {
  requests: Request[];
  events: unknown;
  content: TranscriptContent;
}

/** Reads a transcript with JSON.parse alone: slow and simple, to compare the reader with. */
export function readSlowly(transcript: Buffer): Findings {
  const found: Findings = {
    requests: [],
    events: undefined,
    content: { threads: [], missed: new Map() },
    counts: {},
    unknown: {},
    cwd: "",
    firstAt: Number.NaN,
    lastAt: Number.NaN,
    clientCosts: [],
  };
  const observer = createObserver();
  const chains = createSideChains();
  const blocks = createBlockReader();
  const missed = new Map<string, string>();
  linesOf(transcript).forEach((bytes, index) => {
    const line = index + 1;
    const entries = entriesOn(bytes.toString("utf8").replace(MARKS, ""));
    const whole = entries.map((entry) => chains.withAgent(entry));
    const met = whole.map((entry) => takeEntry(found, entry, line));
    const [code = "skipped"] = entries.isSound ? met : ["bad-json"];
    found.counts[code] = (found.counts[code] ?? 0) + 1;
    entries.forEach((entry, place) => {
      const own = whole[place] as Fields;
      if (!isObserved(entry)) observer.entry(timeOf(entry), line);
      else if (own === entry) observer.entry(entry, line);
      else observer.sideChain(own, line);
      blocks.entry(entry, line);
      noteMiss(entry, missed);
    });
  });
  return {
    ...found,
    requests: merged(found.requests),
    events: observer.takeEvents(),
    content: { threads: blocks.take(), missed },
  };
}

function noteMiss(entry: Fields, missed: Map<string, string>): void {
  const { id, diagnostics } = fieldsOf(entry["message"]);
  const reason = textOf(fieldsOf(fieldsOf(diagnostics)["cache_miss_reason"])["type"]);
  if (reason !== "") missed.set(textOf(id), reason.slice(0, 60));
}

/** Before the first brace may be control characters, spaces and a byte order mark. */
// oxlint-disable-next-line no-control-regex -- these are what it is about
const MARKS = /^[\u0000-\u0020\uFEFF]+/;

/** A last line without a line break counts if it is a whole entry. */
function linesOf(transcript: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = transcript.indexOf(10); end >= 0; end = transcript.indexOf(10, start)) {
    lines.push(transcript.subarray(start, end));
    start = end + 1;
  }
  const last = transcript.subarray(start);
  if (last.at(-1) === 0x7d && isFields(parse(last.toString("utf8").replace(MARKS, "")))) lines.push(last);
  return lines;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The entries on a line; whether the line is one JSON object or blank. */
function entriesOn(line: string): Fields[] & { isSound: boolean } {
  if (line === "") return Object.assign([], { isSound: true });
  const entry = parse(line);
  if (isFields(entry)) return Object.assign([entry], { isSound: true });
  return Object.assign(entry === undefined ? salvage(line) : [], { isSound: false });
}

/** Complete objects at the start, then those from the beginning of an entry to the end of the line. */
function salvage(line: string): Fields[] {
  const first = objectsAt(line);
  if (first.rest === "") return first.objects;
  for (const { index } of first.rest.matchAll(/\{"(?:parentUuid|type)":/g)) {
    const { objects, rest } = objectsAt(first.rest.slice(index));
    if (rest === "") return [...first.objects, ...objects];
  }
  return first.objects;
}

function objectsAt(text: string): { objects: Fields[]; rest: string } {
  const objects: Fields[] = [];
  let rest = text;
  while (rest.startsWith("{")) {
    const length = objectLength(rest);
    if (length === 0) break;
    objects.push(parse(rest.slice(0, length)) as Fields);
    // oxlint-disable-next-line no-control-regex -- as between lines
    rest = rest.slice(length).replace(/^[\u0000-\u0020]+/, "");
  }
  return { objects, rest };
}

/** The length of the object that a text begins with; 0 if it begins with none. */
function objectLength(text: string): number {
  for (let end = text.indexOf("}"); end >= 0; end = text.indexOf("}", end + 1))
    if (isFields(parse(text.slice(0, end + 1)))) return end + 1;
  return 0;
}

function takeEntry(found: Findings, entry: Fields, line: number): string {
  const at = timeIn(entry);
  if (!Number.isNaN(at)) {
    if (Number.isNaN(found.firstAt)) found.firstAt = at;
    found.lastAt = at;
  }
  found.cwd ||= textOf(entry["cwd"]);
  const type = textOf(entry["type"]);
  if (type === "assistant") return takeAnswer(found, entry, line);
  if (type === "progress") takeEcho(found, entry, line);
  if (type === "cost-state") takeCost(found, entry);
  if (["progress", "cost-state", ...OTHER_ENTRIES].includes(type)) return "understood";
  if (SKIPPED_ENTRIES.includes(type)) return "skipped";
  const name = type.slice(0, 60);
  found.unknown[name] = (found.unknown[name] ?? 0) + 1;
  return "unknown-entry";
}

function takeAnswer({ requests }: Findings, entry: Fields, line: number): string {
  const message = fieldsOf(entry["message"]);
  if (message["model"] === "<synthetic>") {
    const last = requests.findLast(({ context }) => !(context.flags & FLAG.part));
    if (last && entry["streamCutCause"] !== undefined) last.isCut = true;
    return "understood";
  }
  if (!takeRequest(requests, message, entry, line, 0)) return "bad-usage";
  return hasOddCounts(fieldsOf(message["usage"])) ? "odd-usage" : "understood";
}

function takeEcho({ requests }: Findings, entry: Fields, line: number): void {
  const data = fieldsOf(entry["data"]);
  const inner = fieldsOf(data["message"]);
  const message = fieldsOf(inner["message"]);
  if (data["type"] !== "agent_progress" || inner["type"] !== "assistant") return;
  if (message["model"] === "<synthetic>") return;
  const { agentId } = data;
  const whole = { ...entry, ...inner, agentId, sessionId: entry["sessionId"], attributionAgent: "" };
  takeRequest(requests, message, whole, line, FLAG.copy);
}

function takeRequest(
  requests: Request[],
  message: Fields,
  entry: Fields,
  line: number,
  flag: number,
): boolean {
  const usage = message["usage"];
  const request = isFields(usage) ? parseRequest({ message, usage, entry }, line) : undefined;
  if (!request) return false;
  const { at, stop, parts } = request;
  const key = request.key || sharedKey(requests, request);
  const context = { ...request.context, flags: request.context.flags | flag };
  requests.push({ key: plainKey(key), at, line, stop, context, usage: request.usage, link: request.link });
  parts.forEach((part, index) => {
    const own = { ...context, served: part.model, flags: context.flags | FLAG.part };
    requests.push({ key: plainKey(`${key}+${index + 1}`), at, line, stop, context: own, usage: part.usage });
  });
  return true;
}

/** Merges the occurrences of each request. The one with the most output counts, the last one on a tie. */
function merged(occurrences: readonly Request[]): Request[] {
  return [...Map.groupBy(occurrences, ({ key }) => key).values()].map((all) => {
    const { key, at, line } = all[0] as Request;
    const { stop, context, usage } = all.reduce((most, one) =>
      one.usage.output >= most.usage.output ? one : most,
    );
    const flags = context.flags | (all.some(({ isCut }) => isCut) ? FLAG.cut : 0);
    return { key, at, line, stop, context: { ...context, flags }, usage };
  });
}

/** An entry with nothing but a message id goes on with the answer of the entry before it in its thread, of the line before it, or of its long id. */
function sharedKey(requests: readonly Request[], { link, line, usage, context }: RequestEntry): string {
  const before =
    requests.findLast((one) => one.link?.uuid === link.uuid) ??
    requests.findLast((one) => one.link?.uuid === link.parent) ??
    requests.findLast((one) => one.link && one.line === line - 1 && one.context.agentId === context.agentId);
  const sameId = isUnique(link.id) ? requests.findLast((one) => one.link?.id === link.id) : undefined;
  const same = [before, sameId].find(
    (one) => one?.link?.id === link.id && promptOf(one.usage) === promptOf(usage),
  );
  return same?.key ?? `~${link.id}:@${link.uuid}`;
}

function promptOf({ input, cacheWrite5m, cacheWrite1h, cacheRead }: Usage): string {
  return [input, cacheWrite5m, cacheWrite1h, cacheRead].join(" ");
}

function takeCost({ clientCosts }: Findings, entry: Fields): void {
  const usd = entry["totalCostUSD"];
  if (typeof usd !== "number" || !Number.isFinite(usd)) return;
  const session = textOf(entry["sessionId"]);
  const known = clientCosts.find((cost) => cost.session === session);
  if (known) known.usd = usd;
  else clientCosts.push({ session, usd });
}

const OBSERVED = new Set([
  "assistant",
  "user",
  "attachment",
  "system",
  "permission-mode",
  "cost-state",
  "queue-operation",
  "progress",
]);

function isObserved(entry: Fields): boolean {
  return OBSERVED.has(textOf(entry["type"]));
}

/** Keys are lines of visible ASCII, at most 200 characters each. Any other key becomes its hash. */
function plainKey(key: string): string {
  if (/^[!-~]{1,200}$/.test(key)) return key;
  return `sha-${createHash("sha256").update(key).digest("base64url")}`;
}

function timeOf(entry: Fields): Fields {
  return { timestamp: entry["timestamp"] };
}
