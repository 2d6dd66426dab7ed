import type { ReadBefore } from "../domain/file-scan.ts";
import type { Store } from "./open.ts";

/** What the store holds of a transcript that was read before. */
export interface KnownTranscript {
  path: string;
  size: number;
  mtimeMs: number;
  inode: number;
  gone: boolean;
  /** Events were read as far as requests. */
  isObserved: boolean;
}

/** Every transcript that was ever read, by path. */
export function readKnownTranscripts({ db }: Store): Map<string, KnownTranscript> {
  const rows = db
    .prepare(
      `SELECT path, size, mtime_ms, inode, gone, observer <> '' AND observed_offset = "offset" FROM transcript`,
    )
    .raw()
    .all() as Row[];
  return new Map(
    rows.map(([path, size, mtimeMs, inode, gone, isObserved]) => [
      path,
      { path, size, mtimeMs, inode, gone: gone === 1, isObserved: isObserved === 1 },
    ]),
  );
}

type Row = [path: string, size: number, mtimeMs: number, inode: number, gone: number, isObserved: number];

/** Whether a file is new, or not as it was when it was read. */
export function isNews(
  file: Omit<KnownTranscript, "gone" | "isObserved">,
  known: KnownTranscript | undefined,
): boolean {
  return (
    !known ||
    known.gone ||
    known.size !== file.size ||
    known.mtimeMs !== file.mtimeMs ||
    known.inode !== file.inode
  );
}

/** How far a transcript was read for its requests, and for its events if it was. */
export interface Resumption {
  requests: ReadBefore;
  events?: ReadBefore & { observer: string };
}

export function readResumption({ db }: Store, path: string): Resumption | undefined {
  const row = db
    .prepare(
      `SELECT "offset", line, unterminated, fingerprint, first_at, observer, observed_offset, observed_line, observed_unterminated,
        observed_fingerprint FROM transcript WHERE path = ?`,
    )
    .get(path) as ResumptionRow | undefined;
  if (!row) return undefined;
  const firstAt = row.first_at ?? Number.NaN;
  return {
    requests: {
      offset: row.offset,
      line: row.line,
      unterminated: row.unterminated === 1,
      fingerprint: row.fingerprint,
      firstAt,
    },
    ...(row.observer !== "" && {
      events: {
        offset: row.observed_offset,
        line: row.observed_line,
        unterminated: row.observed_unterminated === 1,
        fingerprint: row.observed_fingerprint,
        firstAt,
        observer: row.observer,
      },
    }),
  };
}

interface ResumptionRow {
  offset: number;
  line: number;
  unterminated: number;
  fingerprint: string;
  first_at: number | null;
  observer: string;
  observed_offset: number;
  observed_line: number;
  observed_unterminated: number;
  observed_fingerprint: string;
}

/** Notes that a transcript is no longer on disk, or is again; its rows stay either way. */
export function markGone({ db }: Store, path: string, gone: boolean): void {
  db.prepare("UPDATE transcript SET gone = ? WHERE path = ?").run(gone ? 1 : 0, path);
}
