import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { codeOf, isSystemError } from "../errors.ts";
import type { Database } from "./database.ts";

/**
 * The state of a store when it was last closed after a change: a checksum of each page, beside the file. SQLite itself does not notice when
 * a byte of a number changes. The store names its seal, and every change takes that name away in the same transaction, so a process that is
 * killed leaves a store without a seal and never one with a wrong seal.
 */
interface Seal {
  id: string;
  size: number;
  mtimeMs: number;
  inode: number;
  /** UTC day of the last comparison of all pages. */
  day: string;
  pageSize: number;
  /** Checksums of the pages, 32 bits each. */
  pages: Uint32Array;
  /** Rows by table. */
  rows: Readonly<Record<string, number>>;
}

const unsealers = new WeakMap<Database, ReturnType<Database["prepare"]>>();

/** Says that the store changes; call it in the transaction that does so. */
export function unseal(db: Database): void {
  let statement = unsealers.get(db);
  if (!statement) {
    statement = db.prepare("UPDATE meta SET value = NULL WHERE key = 'seal' AND value IS NOT NULL");
    unsealers.set(db, statement);
  }
  statement.run();
}

const unsynced = new WeakSet<Database>();

/**
 * Names the new state of a store that is filled without waiting for the disk, in the transaction that fills it. It is written to the disk
 * when it is sealed.
 */
export function nameFilled(db: Database): void {
  unsynced.add(db);
  nameState(db);
}

function nameState(db: Database): string {
  const id = [Date.now(), process.pid, Math.random()].map((part) => part.toString(36)).join("-"); // crypto takes 6 ms to load
  db.prepare("INSERT OR REPLACE INTO meta VALUES ('seal', ?)").run(id);
  return id;
}

/** A store whose pages are not what they were when it was last closed. */
class DamagedPagesError extends Error {
  readonly code = "SQLITE_CORRUPT_PAGES";
}

/** Compares a store with its seal: all pages once a day, and when the file was changed. Throws if pages are damaged. */
export function checkSeal(db: Database, file: string): void {
  const seal = readSeal(file);
  if (!seal || seal.id !== sealOf(db) || hasLog(file)) return;
  const now = stampOf(file);
  if (isSame(seal, now) && seal.day === now.day) return;
  const damaged = damagedPages(seal, checksumsInside(db, seal.pageSize), now.size);
  if (seal.id !== sealOf(db) || seal.id !== readSeal(file)?.id) return; // another process was writing
  if (damaged.length === 0) return writeSeal(file, { ...seal, ...now });
  throw new DamagedPagesError(`${damaged.length} of ${seal.pages.length} pages changed outside of rolecall`);
}

/** The losses of a damaged store, as far as its seal shows. */
export interface Damage {
  /** Numbers of the damaged pages, from 1. */
  pages: readonly number[];
  pageSize: number;
  /** Rows that it had by table. */
  rows: Readonly<Record<string, number>>;
}

/** Returns which pages of a store differ from its seal; undefined when it has no seal. */
export function findDamage(file: string): Damage | undefined {
  const seal = readSeal(file);
  return (
    seal && {
      pages: damagedPages(seal, checksums(file, seal.pageSize)),
      pageSize: seal.pageSize,
      rows: seal.rows,
    }
  );
}

/** Seals a store that is about to be closed, if it was changed or has no seal, and no other process is writing to it. */
export function sealStore(db: Database, file: string): void {
  try {
    const isChanged = db.prepare("SELECT total_changes()").pluck().get() !== 0;
    const sealed = sealOf(db);
    const isSealed = readSeal(file)?.id === sealed;
    if (!isChanged && sealed !== null && isSealed) return;
    db.pragma("busy_timeout = 0");
    const id = sealed === null || isSealed ? nameState(db) : sealed;
    const [checkpoint] = db.pragma("wal_checkpoint(TRUNCATE)") as [{ busy: number }];
    if (checkpoint.busy !== 0) return;
    db.exec("BEGIN IMMEDIATE");
    try {
      if (sealOf(db) === id && !hasLog(file)) writeSeal(file, makeSeal(db, file, id));
    } finally {
      db.exec("ROLLBACK");
    }
  } catch (thrown) {
    // Another process is writing, or nothing can be written: the next process that closes the store seals it.
    if (!codeOf(thrown)?.startsWith("SQLITE_") && !isSystemError(thrown)) throw thrown;
  }
}

/** Removes the seal of a store that was replaced. */
export function removeSeal(file: string): void {
  rmSync(nameOf(file), { force: true });
}

/** Returns whether a seal is beside a file: it was a store when it was last closed, whatever it holds now. */
export function hasSeal(file: string): boolean {
  return readSeal(file) !== undefined;
}

function makeSeal(db: Database, file: string, id: string): Seal {
  const pageSize = db.pragma("page_size", { simple: true }) as number;
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  const count = (table: string) =>
    db.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get() ?? 0;
  const rows = Object.fromEntries(tables.map((table) => [table, count(table)]));
  return { id, pageSize, rows, pages: checksums(file, pageSize, unsynced.has(db)), ...stampOf(file) };
}

function sealOf(db: Database): string | null {
  return (db.prepare("SELECT value FROM meta WHERE key = 'seal'").pluck().get() as string | null) ?? null;
}

const nameOf = (file: string): string => `${file}.seal`;

function readSeal(file: string): Seal | undefined {
  try {
    const { pages, ...seal } = JSON.parse(readFileSync(nameOf(file), "utf8")) as Omit<Seal, "pages"> & {
      pages: string;
    };
    const bytes = Uint8Array.from(Buffer.from(pages, "base64"));
    return { ...seal, pages: new Uint32Array(bytes.buffer) };
  } catch (thrown) {
    if (
      isSystemError(thrown) ||
      thrown instanceof SyntaxError ||
      thrown instanceof TypeError ||
      thrown instanceof RangeError
    )
      return undefined;
    throw thrown;
  }
}

function writeSeal(file: string, seal: Seal): void {
  const temporary = `${nameOf(file)}.${process.pid}`;
  try {
    const pages = Buffer.from(seal.pages.buffer).toString("base64");
    writeFileSync(temporary, JSON.stringify({ ...seal, pages }));
    renameSync(temporary, nameOf(file));
  } catch (thrown) {
    rmSync(temporary, { force: true });
    if (!isSystemError(thrown)) throw thrown; // a folder that cannot be written
  }
}

function stampOf(file: string): Pick<Seal, "size" | "mtimeMs" | "inode" | "day"> {
  const { size, mtimeMs, ino } = statSync(file);
  return { size, mtimeMs, inode: ino, day: new Date().toISOString().slice(0, 10) };
}

function isSame(seal: Seal, now: Pick<Seal, "size" | "mtimeMs" | "inode">): boolean {
  return seal.size === now.size && seal.mtimeMs === now.mtimeMs && seal.inode === now.inode;
}

/** Changes that are not in the file yet are in a log beside it. */
function hasLog(file: string): boolean {
  return (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** Returns the numbers of pages that are not as they were sealed; `bytes` is the size of the file if pages behind its end may be missing in `now`. */
function damagedPages(seal: Seal, now: Uint32Array, bytes = 0): number[] {
  const damaged: number[] = [];
  const most = Math.max(now.length, seal.pages.length, Math.ceil(bytes / seal.pageSize));
  for (let page = 0; page < most; page++) if (now[page] !== seal.pages[page]) damaged.push(page + 1);
  return damaged;
}

/**
 * Reads the pages through SQLite: if this process closed the file that SQLite has open, the system would take away SQLite's lock on it, and
 * another process that ends could delete the log of this one (sqlite.org/howtocorrupt.html, 2.2).
 */
function checksumsInside(db: Database, pageSize: number): Uint32Array {
  const { crc32 } = process.getBuiltinModule("node:zlib"); // loaded once a day
  const bytes = db.serialize();
  return Uint32Array.from({ length: Math.ceil(bytes.length / pageSize) }, (_, page) =>
    crc32(bytes.subarray(page * pageSize, (page + 1) * pageSize)),
  );
}

const PAGES_AT_ONCE = 64;

/** Reads the pages of a file that is closed, or about to be. `isUnsynced`: the file is written to the disk first. */
function checksums(file: string, pageSize: number, isUnsynced = false): Uint32Array {
  const { crc32 } = process.getBuiltinModule("node:zlib"); // loaded only here
  const fd = openSync(file, isUnsynced ? "r+" : "r");
  try {
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
  } finally {
    closeSync(fd);
  }
}
