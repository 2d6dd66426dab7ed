import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { codeOf, isSystemError } from "../errors.ts";
import type { Database } from "./database.ts";
import {
  type EarlierSums,
  hasLog,
  pagesInLog,
  type PageSums,
  sumChangedPages,
  sumPages,
  sumPagesInside,
} from "./page-sums.ts";

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
  pages: PageSums;
  /** Rows by table. */
  rows: Readonly<Record<string, number>>;
}

/** The seal that this process took away from a store, and when. */
const sealsBefore = new WeakMap<Database, { id: string; at: number }>();

/** Says that the store changes; call it in the transaction that does so. */
export function unseal(db: Database): void {
  const sealed = sealOf(db);
  if (sealed === null) return;
  sealsBefore.set(db, { id: sealed, at: Date.now() });
  db.prepare("UPDATE meta SET value = NULL WHERE key = 'seal'").run();
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
  const damaged = damagedPages(seal, sumPagesInside(db, seal.pageSize), now.size);
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
      pages: damagedPages(seal, sumPages(file, seal.pageSize)),
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
    const before = readSeal(file);
    const isSealed = before?.id === sealed;
    if (!isChanged && sealed !== null && isSealed) return;
    db.pragma("busy_timeout = 0");
    const id = sealed === null || isSealed ? nameState(db) : sealed;
    const earlier = earlierSums(db, file, before);
    const [checkpoint] = db.pragma("wal_checkpoint(TRUNCATE)") as [{ busy: number }];
    if (checkpoint.busy !== 0) return;
    db.exec("BEGIN IMMEDIATE");
    try {
      if (sealOf(db) === id && !hasLog(file)) writeSeal(file, makeSeal(db, file, id, earlier));
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

/**
 * Returns the sums of the last seal if all that was written since is in the log: this process took that seal away, and the file is still as
 * it was then. Others that wrote meanwhile wrote to the log as well.
 */
function earlierSums(db: Database, file: string, seal: Seal | undefined): EarlierSums | undefined {
  const before = sealsBefore.get(db);
  if (!seal || seal.id !== before?.id || !isSame(seal, stampOf(file))) return undefined;
  if (before.at - seal.mtimeMs < COARSEST_TIME_MS) return undefined; // a later change could have the same time
  return { pages: seal.pages, changed: pagesInLog(file, seal.pageSize) };
}

/** File systems keep times to 2 s (FAT) or better. */
const COARSEST_TIME_MS = 2000;

function makeSeal(db: Database, file: string, id: string, earlier: EarlierSums | undefined): Seal {
  const pageSize = db.pragma("page_size", { simple: true }) as number;
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  const count = (table: string) =>
    db.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get() ?? 0;
  const rows = Object.fromEntries(tables.map((table) => [table, count(table)]));
  const pages = earlier
    ? sumChangedPages(file, pageSize, earlier)
    : sumPages(file, pageSize, unsynced.has(db));
  return { id, pageSize, rows, pages, ...stampOf(file) };
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

/** Returns the numbers of pages that are not as they were sealed; `bytes` is the size of the file if pages behind its end may be missing in `now`. */
function damagedPages(seal: Seal, now: PageSums, bytes = 0): number[] {
  const damaged: number[] = [];
  const most = Math.max(now.length, seal.pages.length, Math.ceil(bytes / seal.pageSize));
  for (let page = 0; page < most; page++) if (now[page] !== seal.pages[page]) damaged.push(page + 1);
  return damaged;
}
