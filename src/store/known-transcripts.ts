import type { Store } from "./open.ts";

/** What the store holds of a transcript that was read before. */
export interface KnownTranscript {
  path: string;
  size: number;
  mtimeMs: number;
  inode: number;
  gone: boolean;
}

/** Every transcript that was ever read, by path. */
export function readKnownTranscripts({ db }: Store): Map<string, KnownTranscript> {
  const rows = db.prepare("SELECT path, size, mtime_ms, inode, gone FROM transcript").raw().all() as Row[];
  return new Map(
    rows.map(([path, size, mtimeMs, inode, gone]) => [
      path,
      { path, size, mtimeMs, inode, gone: gone === 1 },
    ]),
  );
}

type Row = [path: string, size: number, mtimeMs: number, inode: number, gone: number];

/** Whether a file is new, or not as it was when it was read. */
export function isNews(file: Omit<KnownTranscript, "gone">, known: KnownTranscript | undefined): boolean {
  return (
    !known ||
    known.gone ||
    known.size !== file.size ||
    known.mtimeMs !== file.mtimeMs ||
    known.inode !== file.inode
  );
}

/** How far a transcript was read, and what to go on from. */
export interface Resumption {
  offset: number;
  line: number;
  unterminated: boolean;
  fingerprint: string;
  firstAt: number;
  observer: string;
}

export function readResumption({ db }: Store, path: string): Resumption | undefined {
  const row = db
    .prepare(
      `SELECT "offset", line, unterminated, fingerprint, first_at, observer FROM transcript WHERE path = ?`,
    )
    .get(path) as
    | {
        offset: number;
        line: number;
        unterminated: number;
        fingerprint: string;
        first_at: number | null;
        observer: string;
      }
    | undefined;
  if (!row) return undefined;
  const { offset, line, fingerprint, observer } = row;
  return {
    offset,
    line,
    unterminated: row.unterminated === 1,
    fingerprint,
    observer,
    firstAt: row.first_at ?? Number.NaN,
  };
}

/** Notes that a transcript is no longer on disk, or is again; its rows stay either way. */
export function markGone({ db }: Store, path: string, gone: boolean): void {
  db.prepare("UPDATE transcript SET gone = ? WHERE path = ?").run(gone ? 1 : 0, path);
}
