import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Conversation, createConversation, type Setup } from "../helpers/conversation.ts";
import { asOnlyWriter } from "../../src/operations/write-lock.ts";
import { NOW, runCli } from "../helpers/run-cli.ts";

const DAY_MS = 86_400_000;
const SETTINGS = '{ "theme": "dark" }\n';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "rolecall-changes-"));
  mkdirSync(join(root, "project/.git"), { recursive: true });
  mkdirSync(join(root, "home"));
  writeFileSync(join(root, "home/settings.json"), SETTINGS);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A long session: its context grows to about 360,000 tokens unless it is compacted. */
function longSession(daysFromNow: number, setup: Setup = {}): Conversation {
  const start = new Date(NOW + daysFromNow * DAY_MS).toISOString();
  const talk = createConversation({ model: "claude-opus-5-5", start, ...setup });
  for (let prompt = 0; prompt < 12; prompt++) {
    talk.prompt(100);
    for (let call = 0; call < 8; call++)
      talk.call({ input: { file_path: `/home/dev/shop/f${prompt}-${call}.ts` }, result: 3_300 });
    talk.answer();
  }
  return talk;
}

function write(talks: readonly Conversation[]): void {
  const folder = join(root, "home/projects/-home-dev-shop");
  mkdirSync(folder, { recursive: true });
  for (const { session, lines } of talks)
    writeFileSync(
      join(folder, `${session}.jsonl`),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
}

const run = (line: string, now = NOW) =>
  runCli(line.split(" "), {
    cwd: join(root, "project"),
    env: { CLAUDE_CONFIG_DIR: join(root, "home"), ROLECALL_DB: join(root, "rolecall.db") },
    now,
  });

/** Files that Claude Code reads. */
const files = () =>
  readdirSync(join(root, "home"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("projects"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, "utf8")]);

interface Listed {
  recommendations: { id: string; savingsUsdPerMonth: { mid: number } }[];
  changes: { id: string; savingsUsdPerMonth: { mid: number }; command: string }[];
  totalUsdPerMonth: { mid: number };
}
const list = async (now = NOW) => JSON.parse((await run("recommend --json", now)).out) as Listed;
const changeIds = async (now = NOW) => (await list(now)).changes.map(({ id }) => id);

interface Impacts {
  changes: {
    id: string;
    verdict: string;
    inForce: boolean;
    measured: { before: { value: number }; after: { value: number; prompts: number } };
  }[];
}
const impacts = async (now: number) => (JSON.parse((await run("impact --json", now)).out) as Impacts).changes;

describe("a change that a simulation advises", () => {
  beforeEach(() => write([-20, -16, -12, -8, -4].map((day) => longSession(day))));

  it("is in the list with the rest, which claims no dollar twice", async () => {
    const { changes, recommendations, totalUsdPerMonth } = await list();
    expect(changes.map(({ id }) => id)).toContain("compact-window");
    const all = [...changes, ...recommendations].map(({ savingsUsdPerMonth }) => savingsUsdPerMonth.mid);
    expect(totalUsdPerMonth.mid).toBeCloseTo(
      all.reduce((sum, mid) => sum + mid, 0),
      2,
    );
    const spent = JSON.parse((await run("spend --json --since 2026-10-22")).out) as {
      total: { costUsd: number };
    };
    expect(totalUsdPerMonth.mid).toBeLessThan((spent.total.costUsd / 16) * 30);
  });

  it("is applied, hidden while it is in force, and reverted byte for byte", async () => {
    const before = files();
    const { out } = await run("recommend --apply compact-window --yes");
    expect(out).toContain("autoCompactWindow: nothing → ");
    expect(readFileSync(join(root, "home/settings.json"), "utf8")).toMatch(/"autoCompactWindow": \d+/);
    expect(await changeIds()).not.toContain("compact-window");
    expect((await run("recommend")).out).toMatch(
      /In force here\nCompact automatically at \d+K: too early to say/,
    );
    expect((await run("impact --take-back compact-window --yes", NOW + 1000)).out).toContain("Reverted.");
    expect(files()).toEqual(before);
    expect(await impacts(NOW + 2000)).toEqual([]);
  });

  it("is applied under the write lock: it waits for the process that writes there", async () => {
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    const place = { cwd: join(root, "project"), env: { CLAUDE_CONFIG_DIR: join(root, "home") }, user: true };
    const other = asOnlyWriter(place, { command: "rolecall init" }, () => done);
    const applied = run("recommend --apply compact-window --yes");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(readFileSync(join(root, "home/settings.json"), "utf8")).toBe(SETTINGS);
    finish();
    await other;
    const { exit, err } = await applied;
    expect({ exit, err }).toEqual({ exit: 0, err: expect.stringContaining("waiting for process") });
    expect(readFileSync(join(root, "home/settings.json"), "utf8")).toContain("autoCompactWindow");
  });

  it("is open again after an undo", async () => {
    await run("recommend --apply compact-window --yes");
    expect((await run("undo --user --yes")).exit).toBe(0);
    expect(readFileSync(join(root, "home/settings.json"), "utf8")).toBe(SETTINGS);
    expect(await changeIds()).toContain("compact-window");
    expect((await impacts(NOW)).map(({ inForce }) => inForce)).toEqual([false]);
  });

  it("writes nothing without a yes, in a dry run, and in the demo", async () => {
    const before = files();
    expect((await run("recommend --apply compact-window")).exit).toBe(1);
    expect((await run("recommend --apply compact-window --dry-run")).exit).toBe(0);
    expect((await run("recommend --demo --apply agent-model --yes")).exit).toBe(0);
    expect(files()).toEqual(before);
    expect(existsSync(join(root, "project/.claude"))).toBe(false);
  });

  it("that was dismissed stays hidden", async () => {
    await run("recommend --dismiss compact-window");
    expect(await changeIds()).not.toContain("compact-window");
  });

  it("that is misspelt is answered with those that there are", async () => {
    const { exit, err } = await run("recommend --why compact");
    expect(exit).toBe(2);
    expect(err).toMatch(/unknown ID "compact"[^]*compact-window/);
  });
});

describe("what came of a change", () => {
  beforeEach(async () => {
    write([-20, -16, -12, -8, -4].map((day) => longSession(day)));
    await run("recommend --apply compact-window --yes");
  });
  const later = NOW + 20 * DAY_MS;

  it("held if the number that it is for fell", async () => {
    write([2, 6, 10].map((day) => longSession(day, { compactAt: 110_000 })));
    const [impact] = await impacts(later);
    expect(impact).toMatchObject({ id: "compact-window", verdict: "held", inForce: true });
    expect(impact?.measured.before.value).toBeGreaterThan(0.1);
    expect(impact?.measured.after).toMatchObject({ value: 0 });
    expect((await run("impact", later)).out).toContain("share of dollars in requests above the window");
  });

  it("says plainly when nothing came of it", async () => {
    write([2, 6, 10].map((day) => longSession(day)));
    expect((await impacts(later))[0]?.verdict).toBe("nothing");
    expect((await run("impact", later)).out).toMatch(/nothing came of it[^]*impact --revert compact-window/);
  });

  it("waits for two weeks or a hundred prompts", async () => {
    write([1, 2].map((day) => longSession(day)));
    expect((await impacts(NOW + 3 * DAY_MS))[0]?.verdict).toBe("too-early");
    write([1, 2, 3, 4, 5, 6, 7, 8, 9].map((hour) => longSession(hour / 10)));
    expect((await impacts(NOW + 3 * DAY_MS))[0]?.verdict).toBe("nothing");
  });
});
