import { FLAG } from "../domain/file-scan.ts";
import type { Tables } from "./open.ts";
import { idsOf, ROOM, transcriptOf } from "./requests.ts";

/**
 * Decides for each request that occurs several times which occurrence counts: it belongs to the oldest file that is not a copy, and its
 * usage is that of the occurrence with the most output (docs/definitions.md, Request). A pure function of what the files hold, so any
 * order and number of readings comes to the same. `transcripts`: those that are new or longer, when no other changed; absent: all.
 * Returns the ids of the requests that count otherwise now.
 */
export function resolveCopies({ db }: Tables, transcripts?: ReadonlySet<number>): Set<number> {
  nameCopies(db, transcripts);
  const repeated = readRepeated(db, transcripts);
  if (repeated.length === 0) return new Set();
  const groups = [...Map.groupBy(repeated, ({ key }) => key).values()];
  const holders = new Set(repeated.map(({ id }) => transcriptOf(id)));
  // Whether one file is a copy of another depends on everything that both hold.
  const shared = transcripts
    ? [...Map.groupBy(readRepeated(db, holders), ({ key }) => key).values()]
    : groups;
  const isOlder = findOlder(readExtents(db, holders), shared);
  const changed = groups.flatMap((occurrences) =>
    settle(occurrences, isOlder).filter(
      ({ one, counted, usageOf, elsewhere }) =>
        one.counted !== counted || one.usageOf !== usageOf || one.elsewhere !== elsewhere,
    ),
  );
  writeSettled(db, changed);
  return new Set(changed.map(({ one }) => one.id));
}

/**
 * Gives requests without a request id the key of the one that they are copies of: a fork of Claude Code 1.0.128 copies the message id, the
 * uuid and the counts, and leaves the request id out.
 */
function nameCopies(db: Tables["db"], transcripts?: ReadonlySet<number>): void {
  if (db.prepare("SELECT 1 FROM request WHERE key >= '~' AND key < '~~' LIMIT 1").get() === undefined) return;
  db.prepare(NAME_COPIES).run({ touched: transcripts ? JSON.stringify([...transcripts]) : null });
}

const NAME_COPIES = `
  WITH touched AS MATERIALIZED (SELECT value * ${ROOM} AS low, (value + 1) * ${ROOM} AS high FROM json_each(@touched)),
  bare AS MATERIALIZED (
    SELECT id FROM request WHERE @touched IS NULL AND key >= '~' AND key < '~~'
    UNION SELECT id FROM touched JOIN request ON id >= low AND id < high AND key >= '~' AND key < '~~'
    UNION SELECT copy.id FROM touched JOIN request AS named ON named.id >= low AND named.id < high
      JOIN request AS copy ON copy.key >= '~' || named.key || ':@' AND copy.key < '~' || named.key || ':A'
  ), named AS (
    SELECT copy.id, original.key FROM bare JOIN request AS copy USING (id)
    JOIN request AS original ON original.key = substr(copy.key, 2, instr(copy.key, ':@') - 2)
    WHERE (original.input, original.cache_write_5m, original.cache_write_1h, original.cache_read)
      = (copy.input, copy.cache_write_5m, copy.cache_write_1h, copy.cache_read)
  )
  UPDATE request SET key = named.key FROM named WHERE request.id = named.id`;

/** The way in which an occurrence counts. */
interface Settled extends Pick<RequestCopy, "counted" | "usageOf" | "elsewhere"> {
  one: RequestCopy;
}

/** Writes how occurrences count: many at a time, because nearly all become copies of another one. */
function writeSettled(db: Tables["db"], changed: readonly Settled[]): void {
  const update = db.prepare(
    "UPDATE request SET counted = ?, usage_of = ?, elsewhere = ? WHERE id IN (SELECT value FROM json_each(?))",
  );
  const alike = Map.groupBy(
    changed,
    ({ counted, usageOf, elsewhere }) => `${counted} ${usageOf} ${elsewhere}`,
  );
  for (const settled of alike.values()) {
    const [{ counted, usageOf, elsewhere }] = settled as [Settled];
    update.run(counted, usageOf, elsewhere, JSON.stringify(settled.map(({ one }) => one.id)));
  }
}

/** Each account counts a request once; when several accounts are shown, the one with the best claim does. */
function settle(occurrences: readonly RequestCopy[], isOlder: IsOlder): Settled[] {
  const most = occurrences.reduce((best, other) => (other.output > best.output ? other : best));
  const owners = [...Map.groupBy(occurrences, ({ origin }) => origin.holder.account).values()].map((of) =>
    pickOwner(of, isOlder),
  );
  const settled: Settled[] = occurrences
    .filter((one) => !owners.includes(one))
    .map((one) => ({ one, counted: 0, usageOf: null, elsewhere: "" }));
  const before: string[] = [];
  while (owners.length > 0) {
    const own = pickOwner(owners, isOlder);
    owners.splice(owners.indexOf(own), 1);
    settled.push({
      one: own,
      counted: 1,
      usageOf: own.output < most.output ? most.id : null,
      elsewhere: before.length === 0 ? "" : JSON.stringify(before),
    });
    before.push(own.origin.holder.account);
  }
  return settled;
}

/** The requests of a transcript: how many, and when the last one was made. */
interface Extent {
  requests: number;
  lastAt: number;
}

function readExtents(db: Tables["db"], transcripts: ReadonlySet<number>): Map<number, Extent> {
  const read = db.prepare<[number, number], Extent>(
    "SELECT count(*) AS requests, max(at) AS lastAt FROM request WHERE id >= ? AND id < ?",
  );
  return new Map(
    [...transcripts].map((transcript) => {
      const { from, to } = idsOf(transcript);
      return [transcript, read.get(from, to) as Extent];
    }),
  );
}

/** Returns whether one transcript is older than another: the other holds its lines rewritten, or all of its requests, and goes on from there. */
type IsOlder = (transcript: number, other: number) => boolean;

function findOlder(extents: ReadonlyMap<number, Extent>, groups: readonly RequestCopy[][]): IsOlder {
  const shared = new Map<number, number>();
  const rewritten = new Set<number>();
  for (const occurrences of groups) {
    const holders = new Map(occurrences.map(({ id, origin }) => [transcriptOf(id), origin]));
    for (const [one, origin] of holders)
      for (const [other, copy] of holders) {
        if (one === other) continue;
        const pair = pairOf(one, other);
        shared.set(pair, (shared.get(pair) ?? 0) + 1);
        if (isRewritten(origin, copy)) rewritten.add(pair);
      }
  }
  return (transcript, other) => {
    if (rewritten.has(pairOf(other, transcript))) return false;
    if (rewritten.has(pairOf(transcript, other))) return true;
    const [own, more] = [extents.get(transcript), extents.get(other)];
    if (!own || !more || more.requests <= own.requests || more.lastAt < own.lastAt) return false;
    return shared.get(pairOf(transcript, other)) === own.requests;
  };
}

/** One number for two transcripts: a text takes longer to make than all else that is done with a pair. */
function pairOf(transcript: number, other: number): number {
  return transcript * 2 ** 26 + other;
}

/** Some clients write the place of a copy on all lines that they copy. */
function isRewritten(original: Origin, copy: Origin): boolean {
  if ((original.flags | copy.flags) & FLAG.copy) return false;
  return original.place !== copy.place && original.isStray > copy.isStray;
}

/** Picks the occurrence that counts: not one that is marked as a copy, of the oldest file, with the best claim. */
function pickOwner(occurrences: readonly RequestCopy[], isOlder: IsOlder): RequestCopy {
  const unmarked = occurrences.filter(({ origin }) => (origin.flags & FLAG.copy) === 0);
  const candidates = unmarked.length > 0 ? unmarked : occurrences;
  const oldest = candidates.filter(
    ({ id }) => !candidates.some((other) => isOlder(transcriptOf(other.id), transcriptOf(id))),
  );
  return [...oldest].sort(byClaim)[0] as RequestCopy;
}

/** Lets every request count that was a copy of one that is no longer there; returns their transcripts. */
export function freeOrphans({ db }: Tables): Set<number> {
  const orphans = db
    .prepare<[], number>(
      `UPDATE request SET counted = 1, usage_of = NULL, elsewhere = ''
      WHERE (counted = 0 OR usage_of IS NOT NULL OR elsewhere <> '')
        AND (SELECT count(*) FROM request AS other WHERE other.key = request.key) = 1
      RETURNING id`,
    )
    .pluck()
    .all();
  return new Set(orphans.map(transcriptOf));
}

/** An occurrence of a request that has several. */
interface RequestCopy {
  id: number;
  key: string;
  output: number;
  counted: number;
  usageOf: number | null;
  elsewhere: string;
  origin: Origin;
}

/** The facts that the occurrences of one context share. */
interface Origin {
  context: number;
  flags: number;
  /** Whether its lines name another place than the last one of their file. */
  isStray: number;
  /** The nickname of its session, or else its folder, branch and version. */
  place: string;
  holder: Holder;
}

/** A transcript with occurrences. */
interface Holder {
  id: number;
  account: string;
  firstAt: number;
  lastAt: number;
  mtimeMs: number;
  path: string;
}

const OCCURRENCES = "SELECT id, context, key, output, counted, usage_of AS usageOf, elsewhere FROM request";

/** Read apart: there are many occurrences and few contexts and transcripts. */
const ORIGINS = `
  SELECT context.id AS context, context.flags, context.transcript,
    iif(context.nickname <> '' AND last.nickname <> '', context.nickname <> last.nickname,
      (context.cwd, context.branch, context.version) <> (last.cwd, last.branch, last.version)) AS isStray,
    iif(context.nickname <> '', context.nickname, json_array(context.cwd, context.branch, context.version)) AS place
  FROM json_each(?) AS held CROSS JOIN context ON context.transcript = held.value
    JOIN context AS last ON last.transcript = context.transcript AND last.is_last`;

const HOLDERS = `
  SELECT id, account, coalesce(first_at, 0) AS firstAt, coalesce(last_at, 0) AS lastAt, reading.mtime_ms AS mtimeMs, path
  FROM transcript JOIN reading ON reading.transcript = id AND reading.kind = 'requests'
  WHERE id IN (SELECT value FROM json_each(?))`;

/** Returns the occurrences of requests with several; `transcripts`: only requests that one of these holds. */
function readRepeated(db: Tables["db"], transcripts?: ReadonlySet<number>): RequestCopy[] {
  type Found = RequestCopy & { context: number };
  const found = transcripts
    ? db.prepare<[string], Found>(REPEATED_IN).all(JSON.stringify([...transcripts]))
    : db.prepare<[], Found>(REPEATED).all();
  const origins = readOrigins(db, new Set(found.map(({ id }) => transcriptOf(id))));
  return found.filter((one) => {
    const origin = origins.get(one.context);
    if (origin) one.origin = origin;
    return origin !== undefined;
  });
}

function readOrigins(db: Tables["db"], transcripts: ReadonlySet<number>): Map<number, Origin> {
  const ids = JSON.stringify([...transcripts]);
  const holders = new Map(
    db
      .prepare<[string], Holder>(HOLDERS)
      .all(ids)
      .map((holder) => [holder.id, holder]),
  );
  const origins = new Map<number, Origin>();
  for (const { transcript, ...origin } of db
    .prepare<[string], Omit<Origin, "holder"> & { transcript: number }>(ORIGINS)
    .all(ids)) {
    const holder = holders.get(transcript);
    if (holder) origins.set(origin.context, { ...origin, holder });
  }
  return origins;
}

const REPEATED = `WITH repeated AS MATERIALIZED (SELECT key FROM request GROUP BY key HAVING count(*) > 1)
  ${OCCURRENCES} WHERE key IN repeated`;

// CROSS JOIN: SQLite would go over the keys of all requests first.
const REPEATED_IN = `WITH repeated AS MATERIALIZED (
    SELECT DISTINCT request.key FROM json_each(?) AS touched
      CROSS JOIN request ON request.id >= touched.value * ${ROOM} AND request.id < (touched.value + 1) * ${ROOM}
    WHERE EXISTS (SELECT 1 FROM request AS other WHERE other.key = request.key AND other.id <> request.id)
  ) ${OCCURRENCES} WHERE key IN repeated`;

/**
 * Compares claims, the best first. Clients before 2.1.3xx do not mark their copies; but a copied line keeps the nickname of the
 * session that wrote it, or else its folder, branch and version, and not those of the session that holds it now. That comes before
 * the time: a fork begins with the time of what it copied, so a fork of a fork can seem older. When all of it is equal, the file
 * that changed last first is the older one.
 */
function byClaim({ origin: a }: RequestCopy, { origin: b }: RequestCopy): number {
  return (
    a.isStray - b.isStray ||
    a.holder.firstAt - b.holder.firstAt ||
    a.holder.mtimeMs - b.holder.mtimeMs ||
    a.holder.lastAt - b.holder.lastAt ||
    (a.holder.path < b.holder.path ? -1 : 1)
  );
}
