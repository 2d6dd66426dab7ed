import type { Period } from "../domain/period.ts";
import { readLineCounts } from "../store/line-counts.ts";
import { newestRequestAt } from "../store/spend-sums.ts";
import type { OpenedHistory } from "./open-history.ts";

/** How the lines of the transcripts were parsed: entries + skipped + the sum of `byCode` are all lines that were read. */
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
  return { files, entries: understood, skipped, byCode, unknownTypes, unreadable };
}

const TYPE = "type:";

/** What is missing in the numbers of a period. */
export interface Missing {
  /** Transcripts on disk, and how many of them could not be read. */
  files: number;
  unreadable: number;
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
  const unreadable = report.unreadable.length;
  return bad + unreadable + odd === 0 ? undefined : { files: report.files, unreadable, lines: bad, odd };
}

/** Returns when the newest request was made if that was before a period; undefined if not, and where no request is kept. */
export function findNewestBefore({ store }: OpenedHistory, { since }: Period): number | undefined {
  const newest = since === undefined ? undefined : newestRequestAt(store);
  return newest !== undefined && since !== undefined && newest < since ? newest : undefined;
}
