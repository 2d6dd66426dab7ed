import { AT, FLAG, WIDTH } from "../domain/file-scan.ts";
import type { Tables } from "./open.ts";
import { numbersIn, type PackedContext, readPack, type RequestPack } from "./request-packs.ts";

/**
 * Decides for each request seen in several transcripts which sighting stands for it: it belongs to the earliest file that
 * is not a copy, and its usage is that of the sighting with the most output (docs/definitions.md, Request). A pure function
 * of what the files hold, so any order and number of steps comes to the same.
 */
export function resolveCopies(store: Tables): void {
  const { db } = store;
  db.exec("DELETE FROM copied");
  const insert = db.prepare("INSERT INTO copied VALUES (?, ?, ?, ?)");
  const load = sightingLoader(store);
  const byKey = Map.groupBy(findSuspects(store).map(load), ({ key }) => key);
  for (const sightings of byKey.values()) {
    const [own, ...others] = sightings.sort(byClaim) as [Sighting, ...Sighting[]];
    const most = others.reduce((best, other) => (other.output > best.output ? other : best), own);
    if (most !== own) insert.run(...own.place, ...most.place);
    for (const other of others) insert.run(...other.place, null, null);
  }
}

/** A transcript, and a row in its pack. */
type Place = [transcript: number, row: number];

/** The places of all keys whose hash is there more than once: some thousands of keys out of hundreds of thousands. */
function findSuspects({ db }: Tables): Place[] {
  const rows = db.prepare("SELECT transcript, numbers FROM request_pack").raw().all() as [number, Buffer][];
  const packs = rows.map(([transcript, blob]) => ({ transcript, hashes: hashesOf(numbersIn(blob)) }));
  const sorted = new Uint32Array(packs.reduce((sum, { hashes }) => sum + hashes.length, 0));
  let filled = 0;
  for (const { hashes } of packs) {
    sorted.set(hashes, filled);
    filled += hashes.length;
  }
  sorted.sort();
  const repeated = new Set<number>();
  for (let index = 1; index < sorted.length; index++)
    if (sorted[index] === sorted[index - 1]) repeated.add(sorted[index] as number);
  const places: Place[] = [];
  for (const { transcript, hashes } of packs)
    hashes.forEach((hash, row) => {
      if (repeated.has(hash)) places.push([transcript, row]);
    });
  return places;
}

function hashesOf(numbers: Float64Array): Uint32Array {
  const hashes = new Uint32Array(numbers.length / WIDTH);
  for (let row = 0; row < hashes.length; row++) hashes[row] = numbers[row * WIDTH + AT.keyHash] as number;
  return hashes;
}

/** What decides between the sightings of one request. */
interface Sighting {
  place: Place;
  key: string;
  output: number;
  isCopy: boolean;
  firstAt: number;
  isStray: boolean;
  mtimeMs: number;
  lastAt: number;
  path: string;
}

function sightingLoader(store: Tables): (place: Place) => Sighting {
  const packs = new Map<number, RequestPack & { keyList: string[] }>();
  const files = store.db
    .prepare<[number], [number | null, number, number | null, string]>(
      "SELECT first_at, mtime_ms, last_at, path FROM transcript WHERE id = ?",
    )
    .raw();
  return (place) => {
    const [transcript, row] = place;
    const pack = packs.get(transcript) ?? loadPack(store, transcript);
    packs.set(transcript, pack);
    const number = (column: keyof typeof AT) => pack.numbers[row * WIDTH + AT[column]] as number;
    const context = pack.contexts[number("context")] as PackedContext;
    const [firstAt, mtimeMs, lastAt, path] = files.get(transcript) as [
      number | null,
      number,
      number | null,
      string,
    ];
    return {
      place,
      key: pack.keyList[row] as string,
      output: number("output"),
      isCopy: (context.flags & FLAG.copy) !== 0,
      firstAt: firstAt ?? 0,
      isStray: !isSamePlace(context, pack.contexts[pack.lastContext] as PackedContext),
      mtimeMs,
      lastAt: lastAt ?? 0,
      path,
    };
  };
}

function loadPack(store: Tables, transcript: number): RequestPack & { keyList: string[] } {
  const pack = readPack(store, transcript);
  if (!pack) throw new Error(`no pack of transcript ${transcript}`);
  return { ...pack, keyList: pack.keys.split("\n") };
}

/**
 * Best claim first. Clients before 2.1.3xx do not mark their copies; but a copied line still names the folder, branch, version
 * and slug of the session that wrote it, and not those of the session it now stands in. Where even that is the same, the
 * file that was left alone first is the older one.
 */
function byClaim(a: Sighting, b: Sighting): number {
  return (
    Number(a.isCopy) - Number(b.isCopy) ||
    a.firstAt - b.firstAt ||
    Number(a.isStray) - Number(b.isStray) ||
    a.mtimeMs - b.mtimeMs ||
    a.lastAt - b.lastAt ||
    (a.path < b.path ? -1 : 1)
  );
}

function isSamePlace(a: PackedContext, b: PackedContext): boolean {
  return a.cwd === b.cwd && a.branch === b.branch && a.version === b.version && a.nickname === b.nickname;
}
