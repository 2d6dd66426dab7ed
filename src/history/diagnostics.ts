import type { Period } from "../domain/period.ts";
import { type ProblemCount, readLineCounts, readProblems } from "../store/line-counts.ts";
import { newestRequestAt, sumSpend } from "../store/spend-sums.ts";
import type { OpenedHistory } from "./open-history.ts";

/** Counts of the lines of the transcripts by how they were parsed: entries + skipped + the sum of `byCode` are all lines that were read. */
export interface Diagnostics {
  /** Transcripts read so far, also those that are gone. */
  files: number;
  /** Lines understood. */
  entries: number;
  /** Lines of known kinds that hold nothing that is read, and blank ones. */
  skipped: number;
  byCode: Record<string, number>;
  /** Entries of unknown types, by type. */
  unknownTypes: Record<string, number>;
  /** Files and folders that could not be read, each with the reason. */
  unreadable: readonly { path: string; message: string }[];
  /** Transcripts that the user left out. */
  excluded?: readonly string[];
}

export function readDiagnostics({ store, report }: Pick<OpenedHistory, "store" | "report">): Diagnostics {
  const { files, lines } = readLineCounts(store);
  const { understood = 0, skipped = 0, ...others } = lines;
  const { unreadable } = report;
  const byCode: Record<string, number> = {};
  const unknownTypes: Record<string, number> = {};
  for (const [code, count] of Object.entries(others))
    if (code.startsWith(TYPE)) unknownTypes[code.slice(TYPE.length)] = count;
    else byCode[code] = count;
  if (unreadable.length > 0) byCode["unreadable-file"] = unreadable.length;
  const { excluded } = report;
  const left = excluded.length > 0 && { excluded };
  return { files, entries: understood, skipped, byCode, unknownTypes, unreadable, ...left };
}

const TYPE = "type:";

/** Returns the transcripts with lines that were not understood, those with most first. */
export function findProblems({ store }: Pick<OpenedHistory, "store">): ProblemCount[] {
  return readProblems(store);
}

/** Parts that the numbers of a period lack. */
export interface Missing {
  /** Transcripts on disk, and how many of them could not be read. */
  files: number;
  unreadable: number;
  /** Folders that could not be searched. */
  folders: number;
  /** Transcripts that the user left out. */
  excluded: number;
  /** Lines of transcripts of the period that could not be parsed. */
  lines: number;
  /** Answers of the period whose counts are not plain numbers. */
  odd: number;
}

/** Returns what is missing in the numbers of a period; undefined when nothing is. */
export function findMissing({ store, report }: OpenedHistory, period: Period): Missing | undefined {
  const { lines } = readLineCounts(store, period);
  const bad = (lines["bad-json"] ?? 0) + (lines["bad-usage"] ?? 0) + (lines["too-long"] ?? 0);
  const odd = lines["odd-usage"] ?? 0;
  const unreadable = report.unreadable.filter(({ path }) => path.endsWith(".jsonl")).length;
  const folders = report.unreadable.length - unreadable;
  const excluded = report.excluded.length;
  if (bad + unreadable + folders + excluded + odd === 0) return undefined;
  return { files: report.files, unreadable, folders, excluded, lines: bad, odd };
}

/** Returns when the newest request of these accounts was made if all requests are older than a period; otherwise undefined. */
export function findNewestBefore(
  { store, accounts }: OpenedHistory,
  { since, timezone }: Period,
): number | undefined {
  const newest = since === undefined ? undefined : newestRequestAt(store);
  if (newest === undefined || since === undefined || newest >= since) return undefined;
  return sumSpend(store, [], { timezone }, { account: accounts })[0]?.lastAt;
}
