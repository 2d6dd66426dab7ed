import { closeSync, fstatSync, fsyncSync, openSync, readSync, statSync } from "node:fs";
import type { Database } from "./database.ts";

/** Checksums of the pages of a file, 32 bits each. */
export type PageSums = Uint32Array;

/** Checksums of some time ago, and the numbers of the pages that have changed since, from 1. */
export interface EarlierSums {
  pages: PageSums;
  changed: ReadonlySet<number>;
}

/**
 * Reads the pages through SQLite: if this process closed the file that SQLite has open, the system would take away SQLite's lock on it, and
 * another process that ends could delete the log of this one (sqlite.org/howtocorrupt.html, 2.2).
 */
export function sumPagesInside(db: Database, pageSize: number): PageSums {
  const { crc32 } = process.getBuiltinModule("node:zlib"); // loaded once a day
  const bytes = db.serialize();
  return Uint32Array.from({ length: Math.ceil(bytes.length / pageSize) }, (_, page) =>
    crc32(bytes.subarray(page * pageSize, (page + 1) * pageSize)),
  );
}

const PAGES_AT_ONCE = 64;

/** Reads the pages of a file that is closed, or about to be. `isUnsynced`: the file is written to the disk first. */
export function sumPages(file: string, pageSize: number, isUnsynced = false): PageSums {
  const { crc32 } = process.getBuiltinModule("node:zlib"); // loaded only here
  return withFile(file, isUnsynced ? "r+" : "r", (fd) => {
    if (isUnsynced) fsyncSync(fd);
    const chunk = Buffer.allocUnsafe(PAGES_AT_ONCE * pageSize);
    const sums: number[] = [];
    for (let position = 0; ;) {
      const read = readSync(fd, chunk, 0, chunk.length, position);
      if (read === 0) return Uint32Array.from(sums);
      position += read;
      for (let start = 0; start < read; start += pageSize)
        sums.push(crc32(chunk.subarray(start, Math.min(read, start + pageSize))));
    }
  });
}

/** Reads only the pages that have changed, of a file that is about to be closed. */
export function sumChangedPages(file: string, pageSize: number, { pages, changed }: EarlierSums): PageSums {
  const { crc32 } = process.getBuiltinModule("node:zlib"); // loaded only here
  const page = Buffer.allocUnsafe(pageSize);
  return withFile(file, "r", (fd) =>
    Uint32Array.from({ length: Math.ceil(fstatSync(fd).size / pageSize) }, (_, index) => {
      const earlier = changed.has(index + 1) ? undefined : pages[index];
      return earlier ?? crc32(page.subarray(0, readSync(fd, page, 0, pageSize, index * pageSize)));
    }),
  );
}

function withFile<Result>(file: string, flags: string, use: (fd: number) => Result): Result {
  const fd = openSync(file, flags);
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}

/** Changes that are not in the file yet are in a log beside it. */
export function hasLog(file: string): boolean {
  return (statSync(logOf(file), { throwIfNoEntry: false })?.size ?? 0) > 0;
}

const logOf = (file: string): string => `${file}-wal`;

// SQLite file format, 4.1: a header, and behind it frames of a page each. Header and frames of one run of the log have the same salt.
const HEADER = { bytes: 32, salt: 16 };
const FRAME = { bytes: 24, salt: 8 };
const SALT_BYTES = 8;

/** Returns the numbers of the pages in the log beside a file, from 1. */
export function pagesInLog(file: string, pageSize: number): Set<number> {
  const found = new Set<number>();
  if (!hasLog(file)) return found;
  return withFile(logOf(file), "r", (fd) => {
    const header = Buffer.alloc(HEADER.bytes);
    const frame = Buffer.alloc(FRAME.bytes);
    const salt = header.subarray(HEADER.salt, HEADER.salt + SALT_BYTES);
    readSync(fd, header, 0, header.length, 0);
    for (let position = HEADER.bytes; ; position += FRAME.bytes + pageSize) {
      const read = readSync(fd, frame, 0, frame.length, position);
      if (read < frame.length || salt.compare(frame, FRAME.salt, FRAME.salt + SALT_BYTES) !== 0) return found;
      found.add(frame.readUInt32BE());
    }
  });
}
