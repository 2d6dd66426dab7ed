import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/commands/index.ts";
import { openStore } from "../../src/store/open.ts";
import { runCli } from "../helpers/run-cli.ts";
import { writeTree } from "../helpers/tree.ts";

const ROOT = join(import.meta.dirname, "../..");
const BIN = join(ROOT, "src/cli/bin.ts");
const SESSION = "5e551011-0000-4000-8000-000000000001";

/** A session of one prompt and one answer. The answer's line is spaced, which the reader leaves to JSON.parse. */
function session(id: string, prompt: string): string {
  const common = { sessionId: id, cwd: "/home/dev/shop", timestamp: "2026-11-20T10:00:00.000Z" };
  const usage = { input_tokens: 1000, output_tokens: 100 };
  const message = { id: `msg_${id}`, role: "assistant", model: "claude-opus-5-5", content: [], usage };
  const lines = [
    JSON.stringify({ ...common, type: "user", uuid: `${id}-1`, message: { role: "user", content: prompt } }),
    JSON.stringify({ ...common, type: "assistant", uuid: `${id}-2`, requestId: `req_${id}`, message }),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** A bug: parsing this word throws what no damage of a file explains. */
const PLANTED = `
const parse = JSON.parse;
JSON.parse = (text, ...more) => {
  if (String(text).includes("flamingo")) throw new TypeError("planted");
  return parse(text, ...more);
};`;

interface Spend {
  total: { requests: number };
  diagnostics: { excluded?: string[]; unreadable: object[] };
}

describe("an exception while a transcript is read", () => {
  const home = writeTree({
    "projects/-home-dev-shop/good.jsonl": session(SESSION, "Add a limit."),
    "projects/-home-dev-shop/bad.jsonl": session("5e551011-0000-4000-8000-000000000002", "the flamingo"),
    "planted.mjs": PLANTED,
  });
  const bad = join(home, "projects/-home-dev-shop/bad.jsonl");
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ["--import", join(home, "planted.mjs"), BIN, ...args], {
      env: { ...process.env, CLAUDE_CONFIG_DIR: home, ROLECALL_DB: join(home, "store.db") },
      encoding: "utf8",
    });

  it("ends with 3, names file, line and the way on, and leaves the store as it was", () => {
    const failed = run("overview", "--since", "2026-11-01");
    expect(failed.status).toBe(3);
    expect(failed.stdout).toBe("");
    expect(failed.stderr).toContain(`bug while reading ${bad}, line 1: planted`);
    expect(failed.stderr).toContain(`Try --exclude '${bad}'`);
    const store = openStore(join(home, "store.db"));
    expect(store.db.prepare("SELECT count(*) FROM request").pluck().get()).toBe(0);
    store.close();
  });

  it("with --exclude the others are counted, and the totals say what is left out", () => {
    const { stdout, stderr, status } = run("spend", "--json", "--exclude", bad);
    expect(status).toBe(0);
    const { total, diagnostics } = JSON.parse(stdout) as Spend;
    expect(total.requests).toBe(1);
    expect(diagnostics.excluded).toEqual([bad]);
    expect(stderr).toBe(
      "rolecall: 1 transcript was left out with --exclude: the numbers leave it out (see --diagnostics)\n",
    );
  });

  it("--exclude of what is no transcript is a mistake, and what was read before stays", async () => {
    const env = { CLAUDE_CONFIG_DIR: home, ROLECALL_DB: join(home, "other.db") };
    const wrong = await runCli(["spend", "--exclude", "nowhere.jsonl"], { env, cwd: home });
    expect(wrong.exit).toBe(2);
    expect(wrong.err).toContain(`--exclude: no transcript "${join(home, "nowhere.jsonl")}"`);
    const requests = async (...more: string[]) => {
      const { out } = await runCli(["spend", "--json", ...more], { env, cwd: home });
      return (JSON.parse(out) as Spend).total.requests;
    };
    expect(await requests()).toBe(2);
    expect(await requests("--exclude", "projects/-home-dev-shop/bad.jsonl")).toBe(2);
    expect(await requests()).toBe(2);
  });
});

/** A session with lines that were cut off. */
function torn(count: number): string {
  return session(SESSION, "Add a limit.") + "{torn\n".repeat(count);
}

describe("lines that cannot be parsed", () => {
  it("are counted by --diagnostics with the transcripts that have them, those with most first", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `projects/-home-dev-shop/${index}.jsonl`);
    const home = writeTree(Object.fromEntries(names.map((name, index) => [name, torn(index)])));
    const env = { CLAUDE_CONFIG_DIR: home, ROLECALL_DB: join(home, "store.db") };
    const { err } = await runCli(["spend", "--all", "--diagnostics"], { env });
    expect(err).toContain("66 × bad-json: a line that is not a JSON object\n");
    const named = [11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map(
      (count) => `  ${join(home, names[count] ?? "")}: ${count} × bad-json\n`,
    );
    expect(err).toContain(`${named.join("")}  and in 1 more\n`);
  });
});

/** Reports with the words that they need. */
const REPORTS: readonly string[][] = (
  await Promise.all(
    Object.keys(COMMANDS).map(async (name) => {
      const { options } = await (COMMANDS[name] as { load: () => Promise<{ options: object }> }).load();
      return "diagnostics" in options && !["outcome", "replay"].includes(name) ? [[name]] : [];
    }),
  )
)
  .flat()
  .map(([name = ""]) => {
    if (name === "session") return [name, SESSION];
    return name === "sql" ? [name, "SELECT 1"] : [name];
  });

describe("a transcript that cannot be read", () => {
  const MISSING = "1 of 2 transcripts could not be read: the numbers leave it out (see --diagnostics)";
  const home = writeTree({ "projects/-home-dev-shop/good.jsonl": session(SESSION, "Add a limit.") });
  mkdirSync(join(home, "projects/-home-dev-shop/folder.jsonl"));

  it.each(REPORTS)("%s says so in a line on stderr", async (...args) => {
    const { err, exit } = await runCli(args, { env: { CLAUDE_CONFIG_DIR: home, ROLECALL_DB: ":memory:" } });
    expect(exit).toBe(0);
    expect(err).toContain(`rolecall: ${MISSING}\n`);
  });

  it("says so to an ordinary user without permission, too", () => {
    const shared = mkdtempSync(join(tmpdir(), "rolecall-shared-"));
    chmodSync(shared, 0o755);
    cpSync(home, shared, { recursive: true });
    const secret = join(shared, "projects/-home-dev-shop/secret.jsonl");
    writeFileSync(secret, session(SESSION.replace(/1$/, "3"), "x"));
    chmodSync(secret, 0o000);
    const isRoot = process.getuid?.() === 0;
    const { status, stderr } = spawnSync(process.execPath, [BIN, "spend"], {
      env: { PATH: process.env["PATH"], HOME: shared, CLAUDE_CONFIG_DIR: shared, ROLECALL_DB: ":memory:" },
      encoding: "utf8",
      ...(isRoot && { uid: 65_534, gid: 65_534 }), // root may read everything
    });
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr:
        "rolecall: 2 of 3 transcripts could not be read: the numbers leave them out (see --diagnostics)\n",
    });
  });
});
