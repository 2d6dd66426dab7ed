import Database from "better-sqlite3";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";
import { rolecall, spendOf } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";
import { asideIn, history } from "./history.ts";

const DEMO = join(import.meta.dirname, "../../fixtures/demo");
const HINT = `  Expected a store of rolecall, or a path without a file: this one was not changed.
  Try another file with --db or ROLECALL_DB.
`;

/** Returns the bytes of every file in a folder, by name. */
const bytesIn = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "base64")]));

/** Opens a store at a path that must be refused; expects that nothing in its folder changes. */
async function expectRefused(folder: string, db: string, problem: string, args = ["spend", "--all"]) {
  const before = bytesIn(folder);
  const run = await runCli([...args, "--db", db], { env: { CLAUDE_CONFIG_DIR: DEMO } });
  expect(run).toEqual({ exit: 2, out: "", err: `rolecall: ${db}: ${problem}\n${HINT}` });
  expect(bytesIn(folder)).toEqual(before);
}

/** Makes a database in a folder in a process that ends without closing it, so that its log stays beside it. */
function abandonedDatabase(folder: string, sql: string): string {
  const file = join(folder, "places.sqlite");
  const script = `const db = new (require("better-sqlite3"))(${JSON.stringify(file)});
    db.exec(${JSON.stringify(sql)}); process.kill(process.pid, "SIGKILL");`;
  spawnSync(process.execPath, ["-e", script], { cwd: join(import.meta.dirname, "../..") });
  return file;
}

describe("a file that was never a store is refused and left as it is", () => {
  it.each([
    ["a text", "Buy milk.\n".repeat(50)],
    ["a short text", "Buy milk."],
    ["the beginning of a database", "SQLite format 3\0"],
  ])("%s", async (_, text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "notes.txt"), text);
    await expectRefused(folder, join(folder, "notes.txt"), "not a SQLite database");
    await expectRefused(folder, join(folder, "notes.txt"), "not a SQLite database", ["telemetry"]);
  });

  it("through a link to it", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "notes.txt"), "Buy milk.\n".repeat(50));
    symlinkSync(join(folder, "notes.txt"), join(folder, "link.db"));
    const { exit, err } = await runCli(["spend", "--db", join(folder, "link.db")]);
    expect([exit, err]).toEqual([
      2,
      `rolecall: ${join(folder, "notes.txt")}: not a SQLite database\n${HINT}`,
    ]);
    expect(readdirSync(folder)).toEqual(["link.db", "notes.txt"]);
  });

  it("a database of another program, with an ID of its own or none", async () => {
    for (const sql of [
      "CREATE TABLE bookmarks (url)",
      "PRAGMA application_id = 7; CREATE TABLE bookmarks (url)",
    ]) {
      const folder = temporaryFolder();
      new Database(join(folder, "places.sqlite")).exec(sql).close();
      await expectRefused(folder, join(folder, "places.sqlite"), "a database of another program");
    }
  });

  it("a damaged database of another program", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "places.sqlite");
    new Database(file).exec("CREATE TABLE bookmarks (url)").close();
    writeFileSync(file, readFileSync(file).fill(0xa5, 2000));
    await expectRefused(folder, file, "a database of another program");
  });

  it("one with changes in a log or a journal that the other program has yet to apply", async () => {
    for (const sql of [
      "PRAGMA journal_mode = WAL; CREATE TABLE a (b); PRAGMA wal_checkpoint; INSERT INTO a VALUES (1)",
      `CREATE TABLE a (b); PRAGMA cache_size = 1; BEGIN;
       WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 99) INSERT INTO a SELECT hex(zeroblob(900)) FROM n`,
    ]) {
      const folder = temporaryFolder();
      const file = abandonedDatabase(folder, sql);
      expect(readdirSync(folder).length).toBeGreaterThan(1);
      await expectRefused(folder, file, "a database of another program");
    }
  });

  it("a folder", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "stores"));
    const { exit, err } = await runCli(["spend", "--db", join(folder, "stores")]);
    expect([exit, err]).toEqual([2, `rolecall: ${join(folder, "stores")}: a folder, not a file\n${HINT}`]);
    expect(readdirSync(join(folder, "stores"))).toEqual([]);
  });

  it("by uninstall --store, with what is beside it", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "notes.txt"), "Buy milk.\n");
    writeFileSync(join(folder, "notes.txt.seal"), "The seal of Solomon.\n");
    const place = { cwd: folder, env: { CLAUDE_CONFIG_DIR: DEMO, ROLECALL_DB: join(folder, "notes.txt") } };
    const { out } = await runCli(["uninstall", "--store", "--dry-run"], place);
    expect(out).not.toContain("notes.txt");
  });
});

describe("a store is one", () => {
  it("as an empty file, which holds nothing to lose", async () => {
    const { folder, places, spend } = await history();
    writeFileSync(join(folder, "empty.db"), "");
    expect(await spendOf({ ...places, db: join(folder, "empty.db") })).toEqual(spend);
  });

  it("when it is damaged and has no seal", async () => {
    const { folder, places, spend } = await history();
    rmSync(`${places.db}.seal`);
    truncateSync(places.db, 40_000);
    expect((await rolecall(["spend", "--all"], places)).err).toContain("was damaged");
    expect(await spendOf(places)).toEqual(spend);
    expect(asideIn(folder)).toHaveLength(1);
  });

  it("at the usual path, whatever is left of it", async () => {
    const { folder, places, spend } = await history();
    const usual = { ...places, db: join(folder, "rolecall/rolecall.db") };
    mkdirSync(join(folder, "rolecall"));
    writeFileSync(usual.db, "This is no database at all.\n");
    expect(await spendOf(usual)).toEqual(spend);
    expect(asideIn(join(folder, "rolecall"))).toHaveLength(1);
  });

  it("behind a link, which stays when the store is replaced", async () => {
    const { folder, places, spend } = await history();
    const link = join(folder, "link.db");
    symlinkSync(places.db, link);
    writeFileSync(places.db, readFileSync(places.db).fill(0, 0, 4096));
    expect((await rolecall(["spend", "--all"], { ...places, db: link })).err).toContain(
      `${places.db} was damaged`,
    );
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(existsSync(`${link}.seal`)).toBe(false);
    expect(await spendOf(places)).toEqual(spend);
  });
});

describe("uninstall --store", () => {
  it("deletes what is beside a store only if rolecall wrote it", async () => {
    const { folder, places } = await history();
    const others = ["rolecall.db.md", "rolecall.db-notes.txt"];
    for (const name of others) writeFileSync(join(folder, name), "mine");
    cpSync(places.db, `${places.db}.v4-backup`);
    const env = { CLAUDE_CONFIG_DIR: places.roots[0], ROLECALL_DB: places.db, XDG_CACHE_HOME: folder };
    await runCli(["uninstall", "--store", "--yes"], { cwd: folder, env });
    expect(readdirSync(folder).filter((name) => name.startsWith("rolecall.db"))).toEqual(others.toSorted());
  });
});
