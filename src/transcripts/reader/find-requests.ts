import { type FileScan, FLAG, type RequestContext } from "../../domain/file-scan.ts";
import { mayBeFirstCount } from "../../domain/output-count.ts";
import { type Fields, fieldsOf, isFields, textOf, timeIn } from "../fields.ts";
import type { SideChains } from "../side-chains.ts";
import { findEntries, parseEntry } from "./entries.ts";
import * as layout from "./layout.ts";
import { OTHER_ENTRIES, SKIPPED_ENTRIES } from "./names.ts";
import type { OnAsk } from "./lines.ts";
import type { Reader } from "./reader.ts";
import { contextOf, type Envelope, parseRequest, type RequestEntry, hasOddCounts } from "./request.ts";
import { createRequestRows, type RequestRows } from "./request-rows.ts";

/** Gathers the requests of one file: takes what the walk found, and parses what the walk leaves. */
export interface RequestFinder {
  readonly onAsk: OnAsk;
  take(): FileScan;
}

interface FoundRequests {
  reader: Reader;
  chains: SideChains;
  rows: RequestRows;
  counts: Record<string, number>;
  unknown: Record<string, number>;
  /** By session, in dollars. */
  clientCosts: Map<string, number>;
  /** The first working directory, if the walk did not find it. */
  folder: string;
}

/** Known facts about a file before it is read, or before the rest of it is. */
export interface RequestStart {
  /** Time of the first entry; NaN if it is not known. */
  firstAt: number;
  chains: SideChains;
  /** Returns the entries of the lines just before, and the number of the last one. */
  earlier: () => { entries: readonly (Fields | undefined)[]; line: number };
}

/** Begins a file, or the rest of one. */
export function findRequests(reader: Reader, { firstAt, chains, earlier }: RequestStart): RequestFinder {
  const found: FoundRequests = {
    reader,
    chains,
    rows: createRequestRows(() => requestsIn(earlier())),
    counts: {},
    unknown: {},
    clientCosts: new Map(),
    folder: "",
  };
  reader.state[layout.STATE_FIRST_AT] = firstAt;
  return {
    onAsk(ask) {
      if (ask === layout.ASK_NOTHING) return;
      if (ask === layout.ASK_CONTEXT) addRequest(found);
      else if (ask === layout.ASK_EMPTY) takeRows(found);
      else parseLine(found);
    },
    take: () => takeAll(found),
  };
}

function addRequest({ reader, rows }: FoundRequests): void {
  const context = contextHere(reader);
  reader.walk.addRequest(rows.contextIndex(context), mayBeFirstCount(context));
}

function takeRows({ reader, rows }: FoundRequests): void {
  const more = reader.takeRows();
  if (more) rows.keep(more);
}

function takeAll(found: FoundRequests): FileScan {
  takeRows(found);
  const { reader, rows, counts, unknown, clientCosts, folder } = found;
  const { state } = reader;
  increase(counts, "understood", state[layout.STATE_UNDERSTOOD]);
  increase(counts, "skipped", state[layout.STATE_SKIPPED]);
  return {
    ...rows.take(),
    counts,
    unknown,
    cwd: folder || reader.folder(),
    firstAt: state[layout.STATE_FIRST_AT] as number,
    lastAt: state[layout.STATE_LAST_AT] as number,
    clientCosts: [...clientCosts].map(([session, usd]) => ({ session, usd })),
  };
}

function increase(counts: Record<string, number>, key: string, more = 1): void {
  if (more > 0) counts[key] = (counts[key] ?? 0) + more;
}

/** Reads the context of the request on the current line. */
function contextHere({ bytes, state }: Reader): RequestContext {
  const text = bytes.toString(
    "utf8",
    layout.CONTEXT_TEXT,
    layout.CONTEXT_TEXT + (state[layout.STATE_CONTEXT_TEXT] as number),
  );
  const values = JSON.parse(text) as unknown[];
  const valueOf = (field: number) => values[field - layout.FIRST_CONTEXT_FIELD];
  const context = contextOf({
    message: {
      id: valueOf(layout.FIELD_ID),
      model: valueOf(layout.FIELD_MODEL),
    },
    usage: {
      speed: valueOf(layout.FIELD_SPEED),
      inference_geo: valueOf(layout.FIELD_GEO),
      service_tier: valueOf(layout.FIELD_SERVICE_TIER),
    },
    entry: {
      sessionId: valueOf(layout.FIELD_SESSION),
      agentId: valueOf(layout.FIELD_AGENT_ID),
      isSidechain: valueOf(layout.FIELD_IS_SIDECHAIN),
      attributionAgent: valueOf(layout.FIELD_AGENT_TYPE),
      requestedModel: valueOf(layout.FIELD_REQUESTED_MODEL),
      effort: valueOf(layout.FIELD_EFFORT),
      gitBranch: valueOf(layout.FIELD_BRANCH),
      cwd: valueOf(layout.FIELD_FOLDER),
      version: valueOf(layout.FIELD_VERSION),
      slug: valueOf(layout.FIELD_NICKNAME),
      requestId: valueOf(layout.FIELD_REQUEST_ID),
      requestSessionId: valueOf(layout.FIELD_REQUEST_SESSION),
      isAbortedMidStream: valueOf(layout.FIELD_IS_ABORTED),
      ...(state[layout.STATE_IS_FORKED] === 1 && { forkedFrom: true }),
    },
  });
  if (state[layout.STATE_IS_ECHO] === 1) context.flags |= FLAG.copy;
  return context;
}

/** Parses the current line and counts it. A line that is not one JSON object is a diagnostic, whatever entries are on it. */
function parseLine(found: FoundRequests): void {
  const { reader, counts } = found;
  const { start, end } = reader.currentLine();
  const entry = parseEntry(reader.bytes, start, end);
  if (entry === undefined) return increase(counts, "skipped"); // blank
  if (entry) return increase(counts, takeEntry(found, entry));
  increase(counts, "bad-json");
  for (const damaged of findEntries(reader, start, end)) takeEntry(found, damaged);
}

const UNDERSTOOD = new Set(["progress", "cost-state", ...OTHER_ENTRIES]);
const SKIPPED = new Set(SKIPPED_ENTRIES);

/** Takes everything that is needed from an entry. Returns what its line counts as. */
function takeEntry(found: FoundRequests, read: Fields): string {
  const entry = found.chains.withAgent(read);
  const type = textOf(entry["type"]);
  note(found, entry);
  if (type === "cost-state") takeClientCost(found, entry);
  if (type === "progress") takeEcho(found, entry);
  if (type === "assistant") return takeAnswer(found, entry);
  if (UNDERSTOOD.has(type)) return "understood";
  if (SKIPPED.has(type)) return "skipped";
  increase(found.unknown, type.slice(0, LONGEST_TYPE));
  return "unknown-entry";
}

const LONGEST_TYPE = 60;

function note(found: FoundRequests, entry: Fields): void {
  const { state } = found.reader;
  const at = timeIn(entry);
  if (!Number.isNaN(at)) {
    if (Number.isNaN(state[layout.STATE_FIRST_AT])) state[layout.STATE_FIRST_AT] = at;
    state[layout.STATE_LAST_AT] = at;
  }
  const folder = textOf(entry["cwd"]);
  if (folder === "" || state[layout.STATE_FOLDER] !== 0) return;
  found.folder = folder;
  state[layout.STATE_FOLDER] = -1;
}

/** Returns what the line counts as. */
function takeAnswer(found: FoundRequests, entry: Fields): "understood" | "odd-usage" | "bad-usage" {
  const message = entry["message"];
  if (!isFields(message)) return "bad-usage";
  if (message["model"] === "<synthetic>") {
    if (entry["streamCutCause"] === undefined) return "understood";
    takeRows(found);
    found.rows.markCut();
    return "understood";
  }
  const usage = message["usage"];
  const request = isFields(usage) && parseHere(found, { message, usage, entry });
  if (!request) return "bad-usage";
  add(found, request);
  return hasOddCounts(usage) ? "odd-usage" : "understood";
}

/** Clients up to 2.1.1xx repeat a sub-agent's messages in the transcript of its caller, with partial counts. */
function takeEcho(found: FoundRequests, entry: Fields): void {
  const data = fieldsOf(entry["data"]);
  const inner = fieldsOf(data["message"]);
  const { message } = inner;
  if (data["type"] !== "agent_progress" || inner["type"] !== "assistant" || !isFields(message)) return;
  const { usage } = message;
  if (!isFields(usage) || message["model"] === "<synthetic>") return;
  const agentId = data["agentId"];
  const whole = { ...entry, ...inner, agentId, sessionId: entry["sessionId"], attributionAgent: "" };
  const request = parseHere(found, { message, usage, entry: whole });
  if (!request) return;
  request.context.flags |= FLAG.copy;
  add(found, request);
}

/** Yields the requests of entries that were read before. */
function* requestsIn({ entries, line }: ReturnType<RequestStart["earlier"]>): Generator<RequestEntry> {
  for (const [index, entry = {}] of entries.entries()) {
    const message = fieldsOf(entry["message"]);
    const usage = message["usage"];
    if (!isFields(usage)) continue;
    const request = parseRequest({ message, usage, entry }, line - entries.length + 1 + index);
    if (request) yield request;
  }
}

function parseHere({ reader }: FoundRequests, envelope: Envelope): RequestEntry | undefined {
  return parseRequest(envelope, reader.state[layout.STATE_LINE] as number);
}

/** Rows keep the order of lines. */
function add(found: FoundRequests, request: RequestEntry): void {
  takeRows(found);
  found.rows.add(request);
}

function takeClientCost({ clientCosts }: FoundRequests, entry: Fields): void {
  const usd = entry["totalCostUSD"];
  if (typeof usd === "number" && Number.isFinite(usd)) clientCosts.set(textOf(entry["sessionId"]), usd);
}
