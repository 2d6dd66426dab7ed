import { AT, type RequestContext, speakFor, WIDTH } from "../domain/file-scan.ts";
import { FNV_START, fnvStep } from "../domain/hash.ts";
import type { Tables } from "./open.ts";
import { type CopiesOf, spanOf, sumUp } from "./request-sums.ts";

/**
 * The requests seen in one transcript. They are read, merged and written together: a row for each would cost seconds where
 * this costs milliseconds (docs/performance.md). A request may be seen in several transcripts (forks, resumes, echoes): every
 * sighting is kept as its file has it, so that a file can be read again on its own; `copied` says which one stands for it.
 */
export const REQUESTS_SCHEMA = `
CREATE TABLE request_pack (
  transcript INTEGER PRIMARY KEY,
  -- Of the first and the last request, in ms since the epoch.
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  -- What many requests have in common, as JSON: the first whole, of the others what differs from that.
  contexts TEXT NOT NULL,
  -- Of the last request.
  last_context INTEGER NOT NULL,
  -- 32 bits of each key: quickly tells which ones are in several packs.
  hashes BLOB NOT NULL,
  -- One a line, in order of first appearance.
  keys TEXT NOT NULL,
  -- Columns of domain/file-scan.ts, row by row, as 64-bit floats.
  numbers BLOB NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

-- Sightings that do not simply stand for their request.
CREATE TABLE copied (
  transcript INTEGER NOT NULL,
  -- Its place in the pack.
  row INTEGER NOT NULL,
  -- The sighting with the most output, whose usage is the request's; null where the request counts elsewhere.
  usage_transcript INTEGER,
  usage_row INTEGER,
  PRIMARY KEY (transcript, row)
) STRICT, WITHOUT ROWID;
`;

export const SUMS_SCHEMA = `
-- The requests of a transcript that count there, added up (request-sums.ts): most sums are made of these, and packs stay unread.
CREATE TABLE request_sums (
  transcript INTEGER PRIMARY KEY,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  contexts TEXT NOT NULL,
  sums BLOB NOT NULL
) STRICT;
CREATE TRIGGER no_sums_without_requests AFTER DELETE ON request_pack
BEGIN DELETE FROM request_sums WHERE transcript = OLD.transcript; END;
`;

/** A context as it is kept: with the canonical id of the model that answered. */
export interface PackedContext extends RequestContext {
  model: string;
}

export interface RequestPack {
  /** Joined by line breaks. */
  keys: string;
  /** `WIDTH` numbers a key; cost is NaN where the model has no known price. */
  numbers: Float64Array;
  contexts: readonly PackedContext[];
  lastContext: number;
}

/** Writes the packs of transcripts, each in the place of the one before, with sums of all that is in them. */
export function createPackWriter({ db }: Tables): (transcript: number, pack: RequestPack) => void {
  const write = db.prepare(`
    INSERT OR REPLACE INTO request_pack
      (transcript, first_at, last_at, contexts, last_context, hashes, keys, numbers, checksum)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const writeSums = createSumWriter({ db });
  const remove = db.prepare("DELETE FROM request_pack WHERE transcript = ?");
  return (transcript, { keys, numbers, contexts, lastContext }) => {
    if (keys === "") {
      remove.run(transcript);
      return;
    }
    const packed = packContexts(contexts);
    const sums = sumUp(numbers);
    const { first, last } = spanOf(sums);
    const bytes = bytesOf(numbers);
    const checksum = checksumOf(keys, bytes, packed);
    write.run(
      transcript,
      first,
      last,
      packed,
      lastContext,
      hashesOf(keys, numbers.length / WIDTH),
      keys,
      bytes,
      checksum,
    );
    writeSums(transcript, first, last, packed, sums);
  };
}

function createSumWriter({ db }: Tables) {
  const write = db.prepare("INSERT OR REPLACE INTO request_sums VALUES (?, ?, ?, ?, ?)");
  return (transcript: number, first: number, last: number, contexts: string, sums: Float64Array) =>
    void write.run(transcript, first, last, contexts, bytesOf(sums));
}

/** Adds up the packs of some transcripts anew, where copies of their requests count elsewhere, or more than they say. */
export function rewriteSums(
  { db }: Tables,
  transcripts: Iterable<number>,
  copies: ReadonlyMap<number, CopiesOf>,
): void {
  const read = db
    .prepare("SELECT first_at, last_at, contexts, numbers FROM request_pack WHERE transcript = ?")
    .raw();
  const write = createSumWriter({ db });
  for (const transcript of transcripts) {
    const [first, last, contexts, blob] = read.get(transcript) as [number, number, string, Buffer];
    write(transcript, first, last, contexts, sumUp(numbersIn(blob), copies.get(transcript)));
  }
}

/** FNV-1a of each key, in one walk over all of them. */
function hashesOf(keys: string, count: number): Buffer {
  const hashes = new Uint32Array(count);
  let [place, hash] = [0, FNV_START];
  for (let index = 0; index < keys.length; index++) {
    const code = keys.charCodeAt(index);
    if (code === LINE_BREAK) {
      hashes[place++] = hash;
      hash = FNV_START;
    } else hash = fnvStep(hash, code);
  }
  hashes[place] = hash;
  return Buffer.from(hashes.buffer);
}

const LINE_BREAK = 10;

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function checksumOf(keys: string, numbers: Uint8Array, contexts: string): number {
  const { crc32 } = process.getBuiltinModule("node:zlib"); // not loaded where packs are only read
  return crc32(contexts, crc32(numbers, crc32(keys)));
}

/** Reads packs, one transcript's at a time. */
export function createPackReader({ db }: Tables): (transcript: number) => RequestPack | undefined {
  const read = db
    .prepare("SELECT keys, numbers, contexts, last_context FROM request_pack WHERE transcript = ?")
    .raw();
  return (transcript) => {
    const row = read.get(transcript) as [string, Buffer, string, number] | undefined;
    if (!row) return undefined;
    const [keys, numbers, contexts, lastContext] = row;
    return { keys, numbers: numbersIn(numbers), contexts: contextsIn(contexts), lastContext };
  };
}

export function numbersIn(blob: Buffer): Float64Array {
  const { buffer, byteOffset, byteLength } = aligned(blob, Float64Array.BYTES_PER_ELEMENT);
  return new Float64Array(buffer, byteOffset, byteLength / Float64Array.BYTES_PER_ELEMENT);
}

export function hashesIn(blob: Buffer): Uint32Array {
  const { buffer, byteOffset, byteLength } = aligned(blob, Uint32Array.BYTES_PER_ELEMENT);
  return new Uint32Array(buffer, byteOffset, byteLength / Uint32Array.BYTES_PER_ELEMENT);
}

/** SQLite hands each blob out in memory of its own, which is only seldom not aligned. */
function aligned(blob: Buffer, bytes: number): Uint8Array {
  return blob.byteOffset % bytes === 0 ? blob : new Uint8Array(blob);
}

/** The first context, and of each other one what differs from that. */
function packContexts(contexts: readonly PackedContext[]): string {
  const [first] = contexts;
  return JSON.stringify(contexts.map((context) => (context === first ? first : differences(first, context))));
}

function differences(first: PackedContext | undefined, context: PackedContext): Partial<PackedContext> {
  const own: Record<string, unknown> = {};
  for (const field in context) {
    const value = context[field as keyof PackedContext];
    if (value !== first?.[field as keyof PackedContext]) own[field] = value;
  }
  return own;
}

export function contextsIn(packed: string): PackedContext[] {
  const all = JSON.parse(packed) as [PackedContext, ...Partial<PackedContext>[]];
  const [first] = all;
  return all.map((own) => (own === first ? first : { ...first, ...own }));
}

/** The requests of a pack and those of what was read of its transcript since; neither is empty. */
export function mergePacks(before: RequestPack, more: RequestPack): RequestPack {
  const contexts = [...before.contexts];
  const places = new Map(contexts.map((context, index) => [JSON.stringify(context), index]));
  const placeOf = more.contexts.map((context) => {
    const key = JSON.stringify(context);
    const place = places.get(key) ?? contexts.push(context) - 1;
    places.set(key, place);
    return place;
  });
  const keys = before.keys.split("\n");
  const rowOf = new Map(keys.map((key, row) => [key, row]));
  const numbers = new Float64Array(before.numbers.length + more.numbers.length);
  numbers.set(before.numbers);
  more.keys.split("\n").forEach((key, index) => {
    const row = more.numbers.slice(index * WIDTH, (index + 1) * WIDTH);
    row[AT.context] = placeOf[row[AT.context] as number] as number;
    const known = rowOf.get(key);
    if (known === undefined) numbers.set(row, WIDTH * (keys.push(key) - 1));
    else speakFor(numbers.subarray(known * WIDTH, (known + 1) * WIDTH), row);
  });
  const lastContext = placeOf[more.lastContext] as number;
  return { keys: keys.join("\n"), numbers: numbers.slice(0, keys.length * WIDTH), contexts, lastContext };
}

/** The pack without some of its requests. */
export function withoutRequests(
  pack: RequestPack,
  isOut: (context: PackedContext, at: number) => boolean,
): RequestPack {
  const keys = pack.keys.split("\n");
  const kept: number[] = [];
  keys.forEach((_, row) => {
    const context = pack.contexts[pack.numbers[row * WIDTH + AT.context] as number] as PackedContext;
    if (!isOut(context, pack.numbers[row * WIDTH + AT.at] as number)) kept.push(row);
  });
  if (kept.length === keys.length) return pack;
  const numbers = new Float64Array(kept.length * WIDTH);
  kept.forEach((row, index) =>
    numbers.set(pack.numbers.subarray(row * WIDTH, (row + 1) * WIDTH), index * WIDTH),
  );
  return { ...pack, keys: kept.map((row) => keys[row]).join("\n"), numbers };
}

/** Deletes the packs that are not what was written: damage inside a blob does not show otherwise. Returns how many. */
export function deleteDamagedPacks(db: Tables["db"]): number {
  const remove = db.prepare("DELETE FROM request_pack WHERE transcript = ?");
  const rows = db
    .prepare("SELECT transcript, keys, numbers, contexts, checksum FROM request_pack")
    .raw()
    .all();
  const damaged = (rows as [number, string, Buffer, string, number][]).filter(
    ([, keys, numbers, contexts, checksum]) => checksumOf(keys, numbers, contexts) !== checksum,
  );
  for (const [transcript] of damaged) remove.run(transcript);
  return damaged.length;
}
