import { AT, FLAG, WIDTH } from "../domain/file-scan.ts";
import type { Tables } from "./open.ts";
import {
  hashesIn,
  type PackedContext,
  createPackReader,
  type RequestPack,
  rewriteSums,
} from "./request-packs.ts";
import { readCopies } from "./spent.ts";

/**
 * Decides for each request seen in several transcripts which sighting stands for it: it belongs to the earliest file that
 * is not a copy, and its usage is that of the sighting with the most output (docs/definitions.md, Request). Sums follow. A pure
 * function of what the files hold, so any order and number of steps comes to the same. `grown` are the transcripts that are new or
 * longer, where no other changed: what none of them shares with another has not changed either.
 */
export function resolveCopies(store: Tables, grown?: ReadonlySet<number>): void {
  const { db } = store;
  const suspects = findSuspects(store, grown);
  if (grown && suspects.length === 0) return;
  const touched = new Set(suspects.map(([transcript]) => transcript));
  if (grown) {
    const remove = db.prepare("DELETE FROM copied WHERE transcript = ? AND row = ?");
    for (const place of suspects) remove.run(...place);
  } else {
    for (const transcript of transcriptsWithCopies(store)) touched.add(transcript);
    db.exec("DELETE FROM copied");
  }
  const insert = db.prepare("INSERT INTO copied VALUES (?, ?, ?, ?)");
  const load = sightingLoader(store);
  const byKey = Map.groupBy(suspects.map(load), ({ key }) => key);
  for (const sightings of byKey.values()) {
    const [own, ...others] = sightings.sort(byClaim) as [Sighting, ...Sighting[]];
    const most = others.reduce((best, other) => (other.output > best.output ? other : best), own);
    if (most !== own) insert.run(...own.place, ...most.place);
    for (const other of others) insert.run(...other.place, null, null);
  }
  rewriteSums(store, touched, readCopies(store));
}

/** That still have requests. */
function transcriptsWithCopies({ db }: Tables): number[] {
  return db
    .prepare<[], number>(
      "SELECT DISTINCT transcript FROM copied WHERE transcript IN (SELECT transcript FROM request_pack)",
    )
    .pluck()
    .all();
}

/** A transcript, and a row in its pack. */
type Place = [transcript: number, row: number];

interface Hashed {
  transcript: number;
  hashes: Uint32Array;
}

/**
 * The places of all keys whose hash is there more than once: some thousands of keys out of hundreds of thousands. With `grown`
 * only those that are in one of them.
 */
function findSuspects({ db }: Tables, grown?: ReadonlySet<number>): Place[] {
  const rows = db.prepare("SELECT transcript, hashes FROM request_pack").raw().all() as [number, Buffer][];
  const packs = rows.map(([transcript, blob]) => ({ transcript, hashes: hashesIn(blob) }));
  const mayMatter = grown && lowBitsOf(packs.filter(({ transcript }) => grown.has(transcript)));
  const sorted = new Uint32Array(packs.reduce((sum, { hashes }) => sum + hashes.length, 0));
  const matters = (hash: number) => !mayMatter || mayMatter[hash & LOW_BITS] === 1;
  let filled = 0;
  for (const { hashes } of packs)
    for (let row = 0; row < hashes.length; row++)
      if (matters(hashes[row] as number)) sorted[filled++] = hashes[row] as number;
  const repeated = repeatedIn(sorted.subarray(0, filled).sort());
  const places: Place[] = [];
  for (const { transcript, hashes } of packs)
    for (let row = 0; row < hashes.length; row++)
      if (matters(hashes[row] as number) && repeated.has(hashes[row] as number))
        places.push([transcript, row]);
  return places;
}

const LOW_BITS = (1 << 20) - 1;

/** By the low bits of a hash: whether any of `packs` has one with them. */
function lowBitsOf(packs: readonly Hashed[]): Uint8Array {
  const found = new Uint8Array(LOW_BITS + 1);
  for (const { hashes } of packs) for (const hash of hashes) found[hash & LOW_BITS] = 1;
  return found;
}

function repeatedIn(sorted: Uint32Array): ReadonlySet<number> {
  const repeated = new Set<number>();
  for (let index = 1; index < sorted.length; index++)
    if (sorted[index] === sorted[index - 1]) repeated.add(sorted[index] as number);
  return repeated;
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

/** A transcript as far as it decides, read once. */
interface Source extends Pick<Sighting, "firstAt" | "mtimeMs" | "lastAt" | "path"> {
  pack: RequestPack;
  keys: readonly string[];
}

function sightingLoader(store: Tables): (place: Place) => Sighting {
  const sources = new Map<number, Source>();
  const load = sourceLoader(store);
  return (place) => {
    const [transcript, row] = place;
    const source = sources.get(transcript) ?? load(transcript);
    sources.set(transcript, source);
    const { pack, keys, ...file } = source;
    const own = pack.numbers.subarray(row * WIDTH, (row + 1) * WIDTH);
    const context = pack.contexts[own[AT.context] as number] as PackedContext;
    return {
      ...file,
      place,
      key: keys[row] as string,
      output: own[AT.output] as number,
      isCopy: (context.flags & FLAG.copy) !== 0,
      isStray: !isSamePlace(context, pack.contexts[pack.lastContext] as PackedContext),
    };
  };
}

function sourceLoader(store: Tables): (transcript: number) => Source {
  const readPack = createPackReader(store);
  const files = store.db
    .prepare("SELECT first_at, mtime_ms, last_at, path FROM transcript WHERE id = ?")
    .raw();
  return (transcript) => {
    const pack = readPack(transcript);
    const file = files.get(transcript) as [number | null, number, number | null, string] | undefined;
    if (!pack || !file) throw new Error(`no pack of transcript ${transcript}`);
    const [firstAt, mtimeMs, lastAt, path] = file;
    return { pack, keys: pack.keys.split("\n"), firstAt: firstAt ?? 0, mtimeMs, lastAt: lastAt ?? 0, path };
  };
}

/**
 * Best claim first. Clients before 2.1.3xx do not mark their copies; but a copied line still has the nickname of the session that
 * wrote it, or else its folder, branch and version, and not those of the session it now stands in. That comes before the time: a
 * fork begins with the time of what it copied, so a fork of a fork can seem older. Where all of it is the same, the file that
 * was left alone first is the older one.
 */
function byClaim(a: Sighting, b: Sighting): number {
  return (
    Number(a.isCopy) - Number(b.isCopy) ||
    Number(a.isStray) - Number(b.isStray) ||
    a.firstAt - b.firstAt ||
    a.mtimeMs - b.mtimeMs ||
    a.lastAt - b.lastAt ||
    (a.path < b.path ? -1 : 1)
  );
}

function isSamePlace(a: PackedContext, b: PackedContext): boolean {
  if (a.nickname !== "" && b.nickname !== "") return a.nickname === b.nickname;
  return a.cwd === b.cwd && a.branch === b.branch && a.version === b.version;
}
