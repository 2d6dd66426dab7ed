import type { Store } from "../store/open.ts";

/** How the lines of the transcripts were met: entries + skipped + the sum of `byCode` are all lines that were read. */
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
  { db }: Store,
  unreadable: readonly { path: string; message: string }[] = [],
): Diagnostics {
  const all = db.prepare("SELECT counts FROM transcript").pluck().all() as string[];
  const found: Diagnostics = { files: all.length, entries: 0, skipped: 0, byCode: {}, unknownTypes: {} };
  for (const text of all) {
    const { lines, unknown } = JSON.parse(text) as Record<"lines" | "unknown", Record<string, number>>;
    for (const [code, count] of Object.entries(lines)) {
      if (code === "understood") found.entries += count;
      else if (code === "skipped") found.skipped += count;
      else found.byCode[code] = (found.byCode[code] ?? 0) + count;
    }
    for (const [type, count] of Object.entries(unknown))
      found.unknownTypes[type] = (found.unknownTypes[type] ?? 0) + count;
  }
  if (unreadable.length > 0) found.byCode["unreadable-file"] = unreadable.length;
  return found;
}
