import { readFileSync } from "node:fs";
import { FLAG } from "../domain/file-scan.ts";
import type { LedgerRequest, LedgerThread } from "../domain/ledger-input.ts";
import { priceUsage } from "../models/price.ts";
import type { ModelTable } from "../models/resolve.ts";
import { createBlockReader } from "../transcripts/blocks/reader.ts";
import { type Fields, fieldsOf, isFields, textOf } from "../transcripts/fields.ts";
import { locateTranscripts, type TranscriptFile } from "../transcripts/locate.ts";
import { readAgentMeta } from "../transcripts/meta.ts";
import { parseRequest, type Part, type RequestEntry } from "../transcripts/reader/request.ts";
import { projectName } from "./filters.ts";
import { termsOf } from "./pricing.ts";

/** A request with what decides which of its copies counts. */
interface Sighting {
  request: LedgerRequest;
  key: string;
  isCopy: boolean;
  session: string;
}

/** A thread of a file, before copies are told apart. */
interface RawThread {
  thread: LedgerThread;
  sightings: Sighting[];
  firstAt: number;
}

/** Reads the threads of all transcripts under `roots`, with their content blocks; requests that another file owns are `copied`. */
export function readLedgerThreads(roots: readonly string[], models: ModelTable): LedgerThread[] {
  const raw = locateTranscripts(roots).files.flatMap((file) => readThreads(file, models));
  markCopies(raw);
  return raw.map(({ thread }) => thread);
}

function readThreads(file: TranscriptFile, models: ModelTable): RawThread[] {
  const blocks = createBlockReader();
  const requests = new Map<string, Map<string, RequestEntry[]>>();
  const missed = new Map<string, string>();
  const facts = { cwd: "", title: "", firstAt: Number.NaN };
  forEachEntry(readFileSync(file.path), (entry, line) => {
    blocks.entry(entry, line);
    facts.cwd ||= textOf(entry["cwd"]);
    facts.title = titleOf(entry) || facts.title;
    if (Number.isNaN(facts.firstAt)) facts.firstAt = Date.parse(textOf(entry["timestamp"]));
    const request = requestOf(entry, line);
    if (!request) return;
    const { agentId } = request.context;
    const own = requests.get(agentId) ?? new Map<string, RequestEntry[]>();
    requests.set(agentId, own);
    own.set(request.key, [...(own.get(request.key) ?? []), request]);
    const reason = missReason(entry);
    if (reason !== "") missed.set(request.key, reason);
  });
  const meta = file.agentId === undefined ? undefined : readAgentMeta(file.path);
  return blocks.take().map((thread) => {
    const own = [...(requests.get(thread.agentId) ?? [])];
    const sightings = own.flatMap(([key, entries]) => toSightings(key, entries, missed.get(key), models));
    sightings.sort((a, b) => a.request.line - b.request.line);
    const types = own.flatMap(([, entries]) => entries.map(({ context }) => context.agentType));
    return {
      sightings,
      firstAt: facts.firstAt,
      thread: {
        ...thread,
        agentType: types.find((type) => type !== "") ?? meta?.agentType ?? thread.agentType,
        session: sightings.findLast(({ isCopy }) => !isCopy)?.session ?? file.session,
        project: projectName(facts.cwd || file.slug),
        file: file.path,
        title: facts.title,
        requests: sightings.map(({ request }) => request),
      },
    };
  });
}

/** A client that was killed leaves a torn line, and the next one writes on behind it. */
const NEXT_ENTRY = '{"parentUuid":';

function forEachEntry(bytes: Buffer, take: (entry: Fields, line: number) => void): void {
  let line = 0;
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(10, start);
    const text = bytes.toString("utf8", start, end < 0 ? bytes.length : end);
    start = end < 0 ? bytes.length : end + 1;
    line++;
    const entry = parse(text) ?? parse(text.slice(Math.max(1, text.lastIndexOf(NEXT_ENTRY))));
    if (entry) take(entry, line);
  }
}

function parse(text: string): Fields | undefined {
  try {
    const entry: unknown = JSON.parse(text);
    return isFields(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** The request of an assistant entry, or of an agent's message that its parent's transcript echoes. */
function requestOf(entry: Fields, line: number): RequestEntry | undefined {
  const data = fieldsOf(entry["data"]);
  const inner = fieldsOf(data["message"]);
  if (entry["type"] === "progress" && data["type"] === "agent_progress" && inner["type"] === "assistant") {
    const whole = {
      ...entry,
      ...inner,
      agentId: data["agentId"],
      sessionId: entry["sessionId"],
      attributionAgent: "",
    };
    const request = parseMessage(whole, line);
    if (request) request.context.flags |= FLAG.copy;
    return request;
  }
  return entry["type"] === "assistant" ? parseMessage(entry, line) : undefined;
}

function parseMessage(entry: Fields, line: number): RequestEntry | undefined {
  const message = fieldsOf(entry["message"]);
  const model = textOf(message["model"]);
  if (model === "<synthetic>" || !isFields(message["usage"])) return undefined;
  const { usage } = message;
  return parseRequest({ message, usage, entry }, line);
}

/** The name that the user gave the session, or that the client made up; a person's goes first as it comes later. */
function titleOf(entry: Fields): string {
  return (
    textOf(entry["customTitle"]) ||
    textOf(entry["aiTitle"]) ||
    (entry["type"] === "summary" ? textOf(entry["summary"]) : "")
  );
}

function missReason(entry: Fields): string {
  const diagnostics = fieldsOf(fieldsOf(entry["message"])["diagnostics"]);
  return textOf(fieldsOf(diagnostics["cache_miss_reason"])["type"]).slice(0, 60);
}

/** The rows of one request: its own and what was billed with it. */
function toSightings(
  key: string,
  entries: readonly RequestEntry[],
  missed: string | undefined,
  models: ModelTable,
): Sighting[] {
  const [first] = entries as [RequestEntry];
  const best = entries.reduce(
    (most, entry) => (entry.usage.output >= most.usage.output ? entry : most),
    first,
  );
  const { session, flags, served } = best.context;
  const whole = { ...best, at: first.at, line: first.line };
  return [{ model: served, usage: best.usage }, ...best.parts].map((part, index) => ({
    key: index === 0 ? key : `${key}+${index}`,
    isCopy: (flags & FLAG.copy) !== 0,
    session,
    request: {
      ...toRequest(whole, part, models),
      ...(missed !== undefined && { missed }),
      ...(index > 0 && { part: true as const }),
    },
  }));
}

function toRequest(
  { at, line, context }: RequestEntry,
  { model, usage }: Part,
  models: ModelTable,
): LedgerRequest {
  const { flags, effort, version, branch, stop } = context;
  const entry = models.find(model, { firstParty: (flags & FLAG.firstParty) !== 0 });
  const terms = termsOf(flags);
  const costNano = entry && priceUsage(entry, usage, { at, ...terms });
  return {
    at,
    line,
    model: entry?.id ?? model,
    usage,
    ...(costNano !== undefined && { costNano }),
    ...(terms.fast && { fast: true as const }),
    ...(terms.usOnly && { usOnly: true as const }),
    ...(terms.batch && { batch: true as const }),
    ...(effort && { effort }),
    ...(version && { version }),
    ...(branch && { branch }),
    ...(stop === "" && { unfinished: true as const }),
  };
}

/**
 * Decides which sighting of a request counts: one that is not marked as a copy, in the file that began first; where a copy
 * began at the same time, the one that holds less, which the other went on from.
 */
function markCopies(threads: readonly RawThread[]): void {
  const seen = new Map<string, { raw: RawThread; sighting: Sighting }[]>();
  for (const raw of threads)
    for (const sighting of raw.sightings) {
      const list = seen.get(sighting.key);
      if (list) list.push({ raw, sighting });
      else seen.set(sighting.key, [{ raw, sighting }]);
    }
  for (const list of seen.values()) {
    if (list.length === 1) continue;
    list.sort(
      (a, b) =>
        Number(a.sighting.isCopy) - Number(b.sighting.isCopy) ||
        a.raw.firstAt - b.raw.firstAt ||
        a.raw.sightings.length - b.raw.sightings.length ||
        (a.raw.thread.file < b.raw.thread.file ? -1 : 1),
    );
    for (const { sighting } of list.slice(1)) sighting.request.copied = true;
  }
}
