import Database from "better-sqlite3";
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RolecallError } from "../../src/errors.ts";
import { migrateStore } from "../../src/store/migrate.ts";
import { readChangeDecisions } from "../../src/store/change-decisions.ts";
import { readUnsummed } from "../../src/store/ledger-sums.ts";
import type { Migration } from "../../src/store/schema.ts";
import { COUNTED_VIEW } from "../../src/store/requests.ts";
import { openStore } from "../../src/store/open.ts";
import { USAGE_COLUMNS } from "../../src/store/usage-columns.ts";
import { rolecall, spendOf, spendOfProcess } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";
import { asideIn, expectCreatedOnce, history, expectRebuiltOnce, RECORDINGS } from "./history.ts";

/** Stores that earlier versions wrote, and the spend that they hold. */
const STORES = join(import.meta.dirname, "../../fixtures/stores");

interface Spend {
  rows: object[];
  total: object;
}

/** Reasons as formats before 9 keep them. */
const OLD_STOPS = `
  DROP VIEW requests;
  DROP VIEW counted_request;
  ALTER TABLE request DROP COLUMN stop;
  ALTER TABLE context ADD COLUMN stop TEXT NOT NULL DEFAULT '';`;

/** Two requests, the second of which has a reason for its end. */
const TWO_REQUESTS = `
  INSERT INTO transcript (id, path, account, slug, session, agent_id) VALUES (1, '/t.jsonl', '/', '', 's', '');
  INSERT INTO context (id, transcript, session, agent_id, agent_type, agent, served, model, requested, effort, branch, cwd, version,
    nickname, stop, flags) VALUES
    (1, 1, 's', '', '', 'main', '', '', '', '', '', '', '', '', '', 0),
    (2, 1, 's', '', '', 'main', '', '', '', '', '', '', '', '', 'end_turn', 0);
  INSERT INTO request (id, context, key, at, line, ${USAGE_COLUMNS})
    VALUES (7, 1, 'a', 0, 1, 0, 0, 0, 0, 0, 0, 0), (8, 2, 'b', 0, 1, 0, 0, 0, 0, 0, 0, 0);`;

const createTwo: Migration = (db) => void db.exec("CREATE TABLE two (a)");

/** Opens a store that must not be opened; gives back what was said. */
function refusalOf(file: string): RolecallError {
  try {
    openStore(file).close();
  } catch (thrown) {
    if (thrown instanceof RolecallError) return thrown;
    throw thrown;
  }
  throw new Error("it was opened");
}

describe("a store of another version", () => {
  it("is brought up to date in order, with a backup of what it was beside it", () => {
    const file = join(temporaryFolder(), "store.db");
    openStore(file).db.exec("INSERT INTO meta VALUES ('kept', 1); PRAGMA user_version = 1");
    const db = new Database(file);
    migrateStore(db, file, [
      (of) => void of.exec("CREATE TABLE two (a); INSERT INTO two VALUES (2)"),
      (of) => void of.exec("ALTER TABLE two ADD COLUMN b"),
    ]);
    expect(db.pragma("user_version", { simple: true })).toBe(3);
    expect(db.prepare("SELECT a, b, value FROM two, meta").get()).toEqual({ a: 2, b: null, value: 1 });
    const backup = new Database(`${file}.v1-backup`);
    expect(backup.pragma("user_version", { simple: true })).toBe(1);
    expect(backup.prepare("SELECT value FROM meta").pluck().get()).toBe(1);
  });

  it.each(["format-1-rows", "format-1", "format-2"])(
    "%s keeps every number of a history whose transcripts are gone",
    async (name) => {
      const folder = temporaryFolder();
      const places = { roots: [join(folder, "none")], db: join(folder, "rolecall.db") };
      cpSync(join(STORES, `${name}.db`), places.db);
      const { rows, total } = JSON.parse(readFileSync(join(STORES, "expected.json"), "utf8")) as Spend;
      const fromMemory = (await spendOfProcess(places, 1)) as Spend; // nothing can be written
      expect(fromMemory.total).toEqual(total);
      const args = ["spend", "--all", "--all-accounts", "--by", "session,agent,day,model", "--json"];
      const spend = JSON.parse((await rolecall(args, places)).out) as Spend;
      expect(spend.rows).toEqual(expect.arrayContaining(rows));
      expect(spend.total).toEqual(total);
      const store = openStore(places.db);
      expect(store.db.pragma("user_version", { simple: true })).toBe(10);
      const events = store.db.prepare("SELECT count(*) FROM event_batch").pluck().get();
      expect(events).toBeGreaterThan(0);
      expect(store.db.pragma("integrity_check", { simple: true })).toBe("ok");
    },
  );

  it("format 3 gets the tables of the ledger", () => {
    const file = join(temporaryFolder(), "store.db");
    const { db } = openStore(file);
    for (const table of [
      "content",
      "ledger",
      "ledger_turn",
      "ledger_loss",
      "ledger_answer",
      "change_decision",
    ])
      db.exec(`DROP TABLE ${table}`);
    db.exec("INSERT INTO meta VALUES ('kept', 1); PRAGMA user_version = 3");
    db.close();
    const store = openStore(file);
    expect(readUnsummed(store)).toEqual([]);
    expect(readChangeDecisions(store)).toEqual([]);
    expect(store.db.prepare("SELECT value FROM meta WHERE key = 'kept'").pluck().get()).toBe(1);
  });

  it("format 6 keeps the length of answers, now in their rows", () => {
    const file = join(temporaryFolder(), "store.db");
    const { db } = openStore(file);
    db.exec(`
      ${OLD_STOPS}
      ${TWO_REQUESTS}
      ALTER TABLE request DROP COLUMN written;
      CREATE VIEW counted_request AS SELECT * FROM request;
      CREATE TABLE written (request INTEGER PRIMARY KEY, bytes INTEGER NOT NULL) STRICT;
      INSERT INTO written VALUES (8, 500);
      PRAGMA user_version = 6`);
    db.close();
    const store = openStore(file);
    const lengths = store.db.prepare("SELECT id, written FROM counted_request ORDER BY id").raw().all();
    expect(lengths).toEqual([
      [7, 0],
      [8, 500],
    ]);
    expect(store.db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'written'").get()).toBeUndefined();
  });

  it("format 8 keeps the reasons for the ends of answers, now in their rows", () => {
    const file = join(temporaryFolder(), "store.db");
    const { db } = openStore(file);
    db.exec(`${OLD_STOPS} ${TWO_REQUESTS} ${COUNTED_VIEW} PRAGMA user_version = 8`);
    db.close();
    const store = openStore(file);
    const stops = store.db.prepare("SELECT id, stop FROM requests ORDER BY id").raw().all();
    expect(stops).toEqual([
      [7, ""],
      [8, "end_turn"],
    ]);
    const columns = store.db.prepare("SELECT name FROM pragma_table_info('context')").pluck().all();
    expect(columns).not.toContain("stop");
  });

  it("format 9 gets the keys of requests from their transcripts again", async () => {
    const places = {
      roots: [join(RECORDINGS, "d-midstream-after-tool")],
      db: join(temporaryFolder(), "rolecall.db"),
    };
    const spend = async () => JSON.parse((await rolecall(["spend", "--all", "--json"], places)).out) as Spend;
    const keys = () => {
      const store = openStore(places.db);
      const found = store.db.prepare("SELECT key FROM request ORDER BY id").pluck().all();
      store.close();
      return found;
    };
    const [total, made] = [(await spend()).total, keys()];
    expect(made).toContainEqual(expect.stringMatching(/^ref:/));
    const store = openStore(places.db);
    store.db.exec("UPDATE request SET key = 'msg_' || id; PRAGMA user_version = 9");
    store.close();
    expect((await spend()).total).toEqual(total);
    expect(keys()).toEqual(made);
  });

  it("stays as it was when a step fails", () => {
    const file = join(temporaryFolder(), "store.db");
    openStore(file).db.exec("PRAGMA user_version = 1");
    const db = new Database(file);
    expect(() => migrateStore(db, file, [createTwo, createTwo])).toThrow("already exists");
    expect(db.pragma("user_version", { simple: true })).toBe(1);
    expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'two'").pluck().get()).toBe(0);
  });

  it("that is newer is refused with both versions, and left alone", () => {
    const file = join(temporaryFolder(), "store.db");
    const store = openStore(file);
    store.db.pragma("user_version = 11");
    store.close();
    const before = readFileSync(file);
    const refusal = refusalOf(file);
    expect(refusal.message).toBe(
      `${file}: written by a newer rolecall: its format is 11, this program knows 1 to 10`,
    );
    expect(refusal.hint).toContain("Try a newer rolecall");
    expect(readFileSync(file)).toEqual(before);
  });
});

describe("a damaged store", () => {
  const damages: [string, (file: string) => void][] = [
    ["overwritten with text", (file) => writeFileSync(file, "This is no database at all.\n".repeat(500))],
    ["cut in half", (file) => truncateSync(file, Math.floor(readFileSync(file).length / 8192) * 4096)],
    ["with its first page gone", (file) => writeFileSync(file, readFileSync(file).fill(0, 0, 4096))],
    ["with noise in every other page", (file) => {
      const bytes = readFileSync(file);
      for (let page = 4096; page < bytes.length; page += 8192) bytes.fill(0xa5, page, page + 4096);
      writeFileSync(file, bytes);
    }],
  ]; // prettier-ignore

  it.each(damages)("%s is set aside, said and rebuilt: the figures are the same", async (_, damage) => {
    const { folder, places, spend } = await history();
    damage(places.db);
    const bytes = readFileSync(places.db);
    const run = await rolecall(["spend", "--all"], places);
    expect(run).toMatchObject({ exit: 0, err: expect.stringContaining("was damaged") });
    expect(asideIn(folder)).toHaveLength(1);
    expect(readFileSync(join(folder, asideIn(folder)[0] as string))).toEqual(bytes);
    expect(await spendOf(places)).toEqual(spend);
    expect((await rolecall(["spend", "--all"], places)).err).toBe("");
  });

  it("keeps what can be read of it: attempts, and requests of transcripts that are gone", async () => {
    const { folder, places, spend } = await history();
    const store = openStore(places.db);
    store.db.exec(`
      INSERT INTO attempts SELECT value, 'id' || value, 5, '{"model": "claude-haiku-5-5", "usage": {}}' FROM json_each('${JSON.stringify([1, 2, 3])}');
      CREATE TABLE filler (a); INSERT INTO filler VALUES (zeroblob(80000));`);
    const page = store.db
      .prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_transcript_1'")
      .pluck()
      .get() as number;
    const size = store.db.pragma("page_size", { simple: true }) as number;
    store.close();
    const bytes = readFileSync(places.db);
    writeFileSync(places.db, bytes.fill(0xa5, (page - 1) * size, page * size));
    for (const root of places.roots) rmSync(join(root, "projects"), { recursive: true });
    expect((await rolecall(["spend", "--all"], places)).err).toContain("was damaged");
    expect(await spendOf(places)).toEqual(spend);
    const again = openStore(places.db);
    expect(again.db.prepare("SELECT count(*) FROM attempts").pluck().get()).toBe(3);
    expect(asideIn(folder)).toHaveLength(1);
  });

  it("is rebuilt once by two processes that come at the same time", () => expectRebuiltOnce(2));
});

describe("a store in use", () => {
  it("is no other program's because its tables were made between two looks at it", () => {
    const file = join(temporaryFolder(), "store.db");
    const db = new Database(file);
    db.pragma("journal_mode = WAL");
    const look = db.pragma.bind(db);
    db.pragma = (...args) => {
      const seen = look(...args);
      db.pragma = look;
      openStore(file).close(); // another process, at the worst moment
      return seen;
    };
    migrateStore(db, file);
    expect(db.prepare("SELECT count(*) FROM transcript").pluck().get()).toBe(0);
  });

  it("is made by one of two processes and right for both of them", () => expectCreatedOnce(2));
});

describe("where nothing can be written", () => {
  it.each(["/dev/null", "/proc/nowhere"])(
    "as in %s, the answer comes from memory, and that is said",
    async (folder) => {
      const { places, spend } = await history();
      const nowhere = { ...places, db: `${folder}/rolecall.db` };
      expect(await spendOf(nowhere)).toEqual(spend);
      const run = await rolecall(["spend"], nowhere);
      expect(run).toMatchObject({ exit: 0, err: expect.stringContaining("cannot be written") });
    },
  );

  it.each([4, 100])(
    "a disk that is full after %i kB changes no figure and harms no store",
    async (fileBlocks) => {
      const { folder, places, spend } = await history();
      const fresh = { ...places, db: join(folder, "full.db") };
      expect(await spendOfProcess(fresh, fileBlocks)).toEqual(spend);
      expect(await spendOf(fresh)).toEqual(spend);
      expect(asideIn(folder)).toEqual([]);
    },
  );

  it.each([8, 60])(
    "what the store already holds is in the answer of a disk full after %i kB",
    async (fileBlocks) => {
      const { folder, places, spend } = await history();
      for (const root of places.roots) rmSync(join(root, "projects"), { recursive: true });
      cpSync(join(RECORDINGS, "a-plain/projects"), join(folder, "more/projects"), { recursive: true });
      const more = { ...places, roots: [join(folder, "more")] };
      const full = await spendOfProcess(more, fileBlocks);
      expect(full).not.toEqual(spend);
      expect(full).toEqual(await spendOf(more));
    },
  );
});
