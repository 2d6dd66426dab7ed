import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { makeSessions } from "../../bench/corpus.ts";
import type { CorpusFile } from "../../bench/corpus-session.ts";
import { createRandom, type Random } from "../../bench/random.ts";
import type { Event } from "../../src/domain/event.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { ingest } from "../../src/history/ingest.ts";
import { openStore, type OpenedStore } from "../../src/store/open.ts";
import { withoutEarly } from "../helpers/closing-events.ts";
import { ingested, temporaryFolder, totalsOf } from "../helpers/spend.ts";

/** All that a store holds of its transcripts. */
const contentsOf = (store: OpenedStore) => ({ ...totalsOf(store), events: eventsByFile(store) });

function eventsByFile({ db }: OpenedStore): Record<string, object[]> {
  const files: Record<string, Event[]> = {};
  const batches = db
    .prepare(
      "SELECT path, events FROM event_batch JOIN transcript ON transcript.id = transcript ORDER BY path, batch",
    )
    .all() as { path: string; events: string }[];
  for (const { path, events } of batches) (files[path] ??= []).push(...(JSON.parse(events) as Event[]));
  return Object.fromEntries(
    Object.entries(files).map(([path, events]) => [path, withToolsSummed(withoutEarly(events))]),
  );
}

/** Tools are counted up to the next event or the end of what was read: their sum up to each prompt is what matters. */
function withToolsSummed(events: readonly Event[]): object[] {
  const summed: object[] = [];
  let counts: Record<string, number> = {};
  for (const event of events) {
    if (event.kind === "tools")
      for (const [tool, count] of Object.entries(event.counts)) counts[tool] = (counts[tool] ?? 0) + count;
    else if (event.kind === "prompt") {
      summed.push({ counts }, event);
      counts = {};
    } else summed.push(event);
  }
  return [...summed, { counts }];
}

/** A file that comes into being bit by bit. */
interface Growing {
  path: string;
  final: Buffer;
  /** Bytes on disk; -1 while it is not there. */
  size: number;
}

/** One change to a file on disk, as clients, crashes, backups and editors make them. */
function change(file: Growing, random: Random): void {
  const most = file.final.length;
  const grow = () => random.between(Math.max(0, file.size), most);
  const kind = random.between(0, 9);
  if (kind === 0 && file.size >= 0) {
    rmSync(file.path);
    file.size = -1;
  } else if (kind === 1)
    writeFileSync(file.path, shuffled(file.final, random).subarray(0, (file.size = grow())));
  else if (kind === 2) write(file, random.between(0, most));
  else if (kind === 3 && file.size >= 0) utimesSync(file.path, 1, random.between(1, 1e9));
  else write(file, grow());
}

function write(file: Growing, size: number): void {
  file.size = size;
  writeFileSync(file.path, file.final.subarray(0, size));
}

function shuffled(text: Buffer, random: Random): Buffer {
  const lines = text.toString().split("\n").slice(0, -1);
  const order = lines.map((line) => ({ line, rank: random.next() })).sort((a, b) => a.rank - b.rank);
  return Buffer.from(order.map(({ line }) => `${line}\n`).join(""));
}

function growingFiles(seed: number, root: string, random: Random): Growing[] {
  const made = [...makeSessions({ seed, projects: 2, sessions: 8, bytes: 2e5 })].flat();
  const files = made.map(({ path, text }: CorpusFile) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    const isTranscript = path.endsWith(".jsonl");
    // The oldest clients name their agents by a call and its result, in this order.
    const inAnyOrder = isTranscript && !text.includes('"version":"2.0.31"') && random.chance(0.2);
    const final = inAnyOrder ? shuffled(Buffer.from(text), random) : Buffer.from(text);
    if (!isTranscript) writeFileSync(join(root, path), final);
    return { path: join(root, path), final, size: -1 };
  });
  return files.filter(({ path }) => path.endsWith(".jsonl"));
}

describe("reading in steps", () => {
  it.each([1, 2, 3])("comes to what one fresh reading comes to (seed %i)", async (seed) => {
    const random = createRandom(seed * 1000);
    const root = temporaryFolder();
    const files = growingFiles(seed, root, random);
    const store = openStore(":memory:");
    const models = createModelTable();
    for (let step = 0; step < 12; step++) {
      for (const file of files) if (random.chance(0.4)) change(file, random);
      await ingest(store, [root], models);
    }
    for (const file of files) write(file, file.final.length);
    await ingest(store, [root], models);
    expect(contentsOf(store)).toEqual(contentsOf(await ingested(root)));
  });
});
