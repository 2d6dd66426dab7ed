import Database from "better-sqlite3";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { MARK, writeMarkedSession } from "../helpers/marked-session.ts";
import { type Places, rolecall } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";
import { asideIn } from "./history.ts";

const FORMAT_3 = join(import.meta.dirname, "../../fixtures/stores/format-3.db");

/** Returns the marks in every file of a folder, and how much was searched. */
function marksIn(folder: string): { marks: string[]; bytes: number } {
  const text = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readFileSync(join(folder, name), "latin1"))
    .join("\n");
  return { marks: [...new Set(text.match(MARK))], bytes: text.length };
}

/** Without the category, which rests on evidence that the events of format 3 do not have. */
const TASKS = "SELECT kind, line, outcome, verification, files_touched FROM task ORDER BY file, line";
const COMMANDS = ["overview", "session", "why", "recommend", "fallbacks", "patterns"].map((name) => [
  name,
  "--all",
]);

async function tasksOf(places: Places): Promise<unknown> {
  const { out } = await rolecall(["sql", TASKS, "--json"], places);
  return (JSON.parse(out) as { rows: unknown }).rows;
}

function eventsOf({ db }: Places): unknown {
  const store = openStore(db);
  try {
    return store.db.prepare("SELECT count(*) FROM event_batch, json_each(events)").pluck().get();
  } finally {
    store.close();
  }
}

describe("the words of a transcript", () => {
  it("are nowhere in the store: prompts, answers, commands, paths of files, output, errors", async () => {
    const folder = temporaryFolder();
    const root = join(temporaryFolder(), "claude");
    writeMarkedSession(root);
    const places = { roots: [root], db: join(folder, "rolecall.db") };
    for (const args of COMMANDS) expect((await rolecall(args, places)).exit).toBe(0);
    const store = openStore(places.db);
    const kinds = store.db
      .prepare("SELECT DISTINCT json_each.value ->> 'kind' FROM event_batch, json_each(events) ORDER BY 1")
      .pluck()
      .all();
    expect(kinds).toEqual(
      expect.arrayContaining(["agent-progress", "command", "edit", "prompt", "result", "shell"]),
    );
    const open = marksIn(folder);
    store.close();
    for (const { marks, bytes } of [open, marksIn(folder)]) {
      expect(marks).toEqual([]);
      expect(bytes).toBeGreaterThan(100_000);
    }
  });

  it("are gone from a store of format 3, its free pages and its backup, and the judgement stays", async () => {
    const folder = temporaryFolder();
    const root = join(temporaryFolder(), "claude");
    writeMarkedSession(root);
    const fresh = await tasksOf({ roots: [root], db: join(temporaryFolder(), "fresh.db") });
    const places = { roots: [join(folder, "none")], db: join(folder, "rolecall.db") };
    copyFileSync(FORMAT_3, places.db);
    copyFileSync(FORMAT_3, `${places.db}.v2-backup`);
    expect(marksIn(folder).marks.length).toBeGreaterThan(20);
    openStore(places.db).close();
    expect(marksIn(folder).marks).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.endsWith("-backup"))).toEqual([]);
    expect(await tasksOf(places)).toEqual(fresh);
    expect(marksIn(folder).marks).toEqual([]);
  });

  it("stay until no other process reads the store, and go with the next command", () => {
    const folder = temporaryFolder();
    const file = join(folder, "rolecall.db");
    copyFileSync(FORMAT_3, file);
    const [first, reader] = [openStore(file), openStore(file)];
    const reading = reader.db.prepare("SELECT * FROM transcript").iterate();
    reading.next();
    first.db.exec("INSERT INTO meta VALUES ('purge', 1)");
    openStore(file).close();
    const noted = () => first.db.prepare("SELECT 1 FROM meta WHERE key = 'purge'").get() !== undefined;
    expect(noted()).toBe(true);
    reading.return?.();
    reader.close();
    openStore(file).close();
    expect(noted()).toBe(false);
    first.close();
  });

  it("do not come back when a damaged store of format 3 is rebuilt", async () => {
    const folder = temporaryFolder();
    const places = { roots: [join(folder, "none")], db: join(folder, "rolecall.db") };
    copyFileSync(FORMAT_3, places.db);
    const db = new Database(places.db);
    const [page, size] = [
      db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'reading'").pluck().get() as number,
      db.pragma("page_size", { simple: true }) as number,
    ];
    db.close();
    writeFileSync(places.db, readFileSync(places.db).fill(0xa5, (page - 1) * size, page * size));
    rmSync(`${places.db}-wal`, { force: true });
    const { err } = await rolecall(["sql", "SELECT count(*) FROM request WHERE key > ''"], places);
    expect(err).toContain("was damaged");
    for (const aside of asideIn(folder)) rmSync(join(folder, aside));
    expect(eventsOf(places)).toBeGreaterThan(100);
    expect(marksIn(folder).marks).toEqual([]);
  });
});
