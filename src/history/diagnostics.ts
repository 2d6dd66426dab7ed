import { readLineCounts } from "../store/line-counts.ts";
import type { Tables } from "../store/open.ts";

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
}

export function readDiagnostics(
  store: Tables,
  unreadable: readonly { path: string; message: string }[] = [],
): Diagnostics {
  const { files, lines } = readLineCounts(store);
  const { understood = 0, skipped = 0, ...others } = lines;
  const found: Diagnostics = { files, entries: understood, skipped, byCode: {}, unknownTypes: {} };
  for (const [code, count] of Object.entries(others))
    if (code.startsWith(TYPE)) found.unknownTypes[code.slice(TYPE.length)] = count;
    else found.byCode[code] = count;
  if (unreadable.length > 0) found.byCode["unreadable-file"] = unreadable.length;
  return found;
}

const TYPE = "type:";
