import { readFileSync } from "node:fs";
import { AT, type FileScan, FLAG, type RequestContext, WIDTH } from "../domain/file-scan.ts";
import type { LedgerRequest, LedgerThread } from "../domain/ledger-input.ts";
import type { ModelTable } from "../models/resolve.ts";
import type { Pricing } from "../store/requests.ts";
import { toUsage } from "../store/usage-columns.ts";
import { createBlockReader } from "../transcripts/blocks/reader.ts";
import { type Fields, fieldsOf, isFields, textOf } from "../transcripts/fields.ts";
import { locateTranscripts, type TranscriptFile } from "../transcripts/locate.ts";
import { compileWalk } from "../transcripts/reader/module.ts";
import { createScanner, type Scanner } from "../transcripts/scan.ts";
import { projectName } from "./filters.ts";
import { createPricing, termsOf } from "./pricing.ts";

/** An occurrence of a request, with what decides whether it counts. */
interface LedgerOccurrence {
  request: LedgerRequest;
  key: string;
  context: RequestContext;
}

/** A thread of a file, before copies are told apart. */
interface RawThread {
  thread: LedgerThread;
  occurrences: LedgerOccurrence[];
  firstAt: number;
}

/** Reads the threads of all transcripts under `roots`, with their content blocks; requests that another file owns are `copied`. */
export function readLedgerThreads(roots: readonly string[], models: ModelTable): LedgerThread[] {
  const scanner = createScanner(compileWalk());
  const pricing = createPricing(models);
  const raw = locateTranscripts(roots).files.flatMap((file) => readThreads(file, scanner, pricing));
  markCopies(raw);
  return raw.map(({ thread }) => thread);
}

function readThreads(file: TranscriptFile, scanner: Scanner, pricing: Pricing): RawThread[] {
  const result = scanner.scan({ path: file.path, requests: {} });
  if (result.status !== "read" || !result.requests) return [];
  const { scan } = result.requests;
  const { threads, title, missed } = readContent(file.path);
  const byThread = Map.groupBy(readRequests(scan, missed, pricing), ({ context }) => context.agentId);
  return threads.map((thread) => {
    const occurrences = byThread.get(thread.agentId) ?? [];
    const types = occurrences.map(({ context }) => context.agentType);
    return {
      occurrences,
      firstAt: scan.firstAt,
      thread: {
        ...thread,
        agentType: types.find((type) => type !== "") ?? scan.agentRun?.agentType ?? thread.agentType,
        session: occurrences.findLast(isOriginal)?.context.session ?? file.session,
        project: projectName(scan.cwd || file.slug),
        file: file.path,
        title,
        requests: occurrences.map(({ request }) => request),
      },
    };
  });
}

function isOriginal({ context }: LedgerOccurrence): boolean {
  return (context.flags & FLAG.copy) === 0;
}

/** Reads the content blocks of a file, its title, and why requests missed the cache, by the ids of their messages. */
function readContent(path: string) {
  const blocks = createBlockReader();
  const missed = new Map<string, string>();
  let title = "";
  forEachEntry(readFileSync(path), (entry, line) => {
    blocks.entry(entry, line);
    title = titleOf(entry) || title;
    const message = fieldsOf(entry["message"]);
    const reason = missReason(message);
    if (reason !== "") missed.set(textOf(message["id"]), reason);
  });
  return { threads: blocks.take(), title, missed };
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

/** The name that the user gave the session, or that the client made up; a person's goes first as it comes later. */
function titleOf(entry: Fields): string {
  return (
    textOf(entry["customTitle"]) ||
    textOf(entry["aiTitle"]) ||
    (entry["type"] === "summary" ? textOf(entry["summary"]) : "")
  );
}

/** Only the Anthropic API tells, whose message ids are keys of requests. */
function missReason(message: Fields): string {
  const diagnostics = fieldsOf(message["diagnostics"]);
  return textOf(fieldsOf(diagnostics["cache_miss_reason"])["type"]).slice(0, 60);
}

/** Returns the requests of a file in order of lines. */
function readRequests(
  { keys, numbers, contexts }: FileScan,
  missed: ReadonlyMap<string, string>,
  pricing: Pricing,
): LedgerOccurrence[] {
  if (keys === "") return [];
  const occurrences = keys.split("\n").map((key, index) => {
    const row = numbers.subarray(index * WIDTH, (index + 1) * WIDTH);
    const context = contexts[row[AT.context] as number] as RequestContext;
    return { key, context, request: toRequest(row, context, missed.get(key), pricing) };
  });
  return occurrences.sort((a, b) => a.request.line - b.request.line);
}

function toRequest(
  row: Float64Array,
  context: RequestContext,
  missed: string | undefined,
  pricing: Pricing,
): LedgerRequest {
  const { flags, effort, version, branch, stop } = context;
  const [at = 0, line = 0, , ...counts] = row;
  const usage = toUsage(counts);
  const priced = pricing.of(context);
  const costNano = priced.cost(at, usage);
  const terms = termsOf(flags);
  return {
    at,
    line,
    model: priced.model,
    usage,
    ...(costNano !== undefined && { costNano }),
    ...(terms.fast && { fast: true as const }),
    ...(terms.usOnly && { usOnly: true as const }),
    ...(terms.batch && { batch: true as const }),
    ...(effort && { effort }),
    ...(version && { version }),
    ...(branch && { branch }),
    ...(missed !== undefined && { missed }),
    ...((flags & FLAG.part) !== 0 && { part: true as const }),
    ...(stop === "" && { unfinished: true as const }),
  };
}

/**
 * Decides which occurrence of a request counts: one that is not marked as a copy, in the file that began first; where a copy
 * began at the same time, the one that holds less, which the other went on from.
 */
function markCopies(threads: readonly RawThread[]): void {
  const all = threads.flatMap((raw) => raw.occurrences.map((one) => ({ raw, one })));
  for (const list of Map.groupBy(all, ({ one }) => one.key).values()) {
    if (list.length === 1) continue;
    list.sort(
      (a, b) =>
        (a.one.context.flags & FLAG.copy) - (b.one.context.flags & FLAG.copy) ||
        a.raw.firstAt - b.raw.firstAt ||
        a.raw.occurrences.length - b.raw.occurrences.length ||
        (a.raw.thread.file < b.raw.thread.file ? -1 : 1),
    );
    for (const { one } of list.slice(1)) one.request.copied = true;
  }
}
