import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { filterLedgers } from "../../src/analysis/ledger/filter.ts";
import type { ThreadLedger } from "../../src/domain/ledger.ts";
import { sum } from "../../src/domain/numbers.ts";
import { projectName } from "../../src/history/filters.ts";
import { readThreadLedgers, updateLedgers } from "../../src/history/ledgers.ts";
import { type OpenedHistory, openHistory } from "../../src/history/open-history.ts";
import { forgetSessions } from "../../src/store/forget.ts";
import { type SpendColumn, sumSpend } from "../../src/store/spend-sums.ts";
import { readWhy } from "../../src/operations/why.ts";
import { createConversation } from "../helpers/conversation.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures");
const folders = (name: string) =>
  readdirSync(join(FIXTURES, name)).map((entry) => join(FIXTURES, name, entry));
const ALL = { timezone: "UTC" };

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "rolecall-ledgers-"))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Opens a history, brings its ledgers up to date, and closes it. */
async function withHistory<T>(
  claudeDirs: string[],
  use: (history: OpenedHistory) => T,
  db = ":memory:",
): Promise<T> {
  const history = await openHistory({ claudeDirs, db, needs: "agents" }, {}, root);
  try {
    updateLedgers(history.store, history.models);
    return use(history);
  } finally {
    history.close();
  }
}

/** How ledgers and `spend` are broken down, each by its own rows. */
const AXES = {
  session:
    ({ session }: ThreadLedger) =>
    () =>
      session,
  agent:
    ({ agentType }: ThreadLedger) =>
    () =>
      agentType,
  agentId:
    ({ agentId }: ThreadLedger) =>
    () =>
      agentId,
  project:
    ({ project }: ThreadLedger) =>
    () =>
      project,
  model: () => (slot: ThreadLedger["slots"][number]) => slot.model,
  branch: () => (slot: ThreadLedger["slots"][number]) => slot.branch,
} satisfies Partial<
  Record<SpendColumn, (ledger: ThreadLedger) => (slot: ThreadLedger["slots"][number]) => string>
>;

function addTo(sums: Map<string, number[]>, key: string, nano: number, requests: number): void {
  const [before = 0, count = 0] = sums.get(key) ?? [];
  sums.set(key, [before + nano, count + requests]);
}

describe("the ledger adds up to what spend counts, however it is broken down", () => {
  it.each([...folders("recordings"), ...folders("claude-home"), join(FIXTURES, "demo")])(
    "%s",
    async (folder) =>
      withHistory([folder], (history) => {
        const ledgers = readThreadLedgers(history);
        for (const by of Object.keys(AXES) as (keyof typeof AXES)[]) {
          const spent = new Map<string, number[]>();
          for (const row of sumSpend(history.store, [by], ALL, { account: history.accounts })) {
            const key = String(row.values[by]);
            addTo(spent, by === "project" ? projectName(key) : key, row.cost, row.requests);
          }
          const found = new Map<string, number[]>();
          for (const ledger of ledgers)
            for (const slot of ledger.slots)
              addTo(found, AXES[by](ledger)(slot), sum(slot.parts.map(({ nano }) => nano)), slot.requests);
          expect([...found.keys()].toSorted()).toEqual([...spent.keys()].toSorted());
          for (const [key, [nano = 0, requests]] of spent) {
            expect([by, key, found.get(key)?.[1]]).toEqual([by, key, requests]);
            expect(found.get(key)?.[0]).toBeCloseTo(nano, 3);
          }
        }
      }),
  );

  it("counts a request that two accounts hold once when both are shown, and in each alone", async () => {
    const accounts = [join(root, "a"), join(root, "b")];
    const talk = createConversation();
    talk.prompt(100);
    talk.answer();
    for (const account of accounts) writeTalk(account, talk);
    const db = join(root, "rolecall.db");
    const costOf = (dirs: string[]) =>
      withHistory(dirs, (history) => readWhy(history, { period: ALL, now: 0, onlyCauses: true }).causes, db);
    const both = await costOf(accounts);
    for (const account of accounts) expect((await costOf([account])).nano).toBeCloseTo(both.nano, 3);
    expect(both.requests).toBe(1);
  });
});

type Talk = ReturnType<typeof createConversation>;

const pathOf = (home: string, { session }: Talk) => join(home, "projects/-home-dev-shop", `${session}.jsonl`);

function writeTalk(home: string, talk: Talk): void {
  mkdirSync(join(home, "projects/-home-dev-shop"), { recursive: true });
  writeFileSync(pathOf(home, talk), talk.lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

function playTalk(): Talk {
  const talk = createConversation();
  talk.prompt(100);
  talk.call({ input: { file_path: "/home/dev/shop/cart.ts" }, result: 6_000 });
  talk.answer();
  return talk;
}

const db = (): string => join(root, "rolecall.db");
const home = (): string => join(root, "home");

const why = () =>
  withHistory([home()], (history) => readWhy(history, { period: ALL, now: Date.parse("2026-01-10") }), db());

describe("a history over time", () => {
  it("answers the same when its transcripts are gone", async () => {
    const talk = playTalk();
    writeTalk(home(), talk);
    const before = await why();
    expect(before.causes.nano).toBeGreaterThan(0);
    rmSync(pathOf(home(), talk));
    expect(await why()).toEqual(before);
  });

  it("names what was gone before its content was read, and leaves it out", async () => {
    const [gone, here] = [playTalk(), playTalk()];
    writeTalk(home(), gone);
    const opened = await openHistory({ claudeDirs: [home()], db: db(), needs: "spend" }, {}, root);
    const [spent] = sumSpend(opened.store, [], ALL);
    opened.close();
    rmSync(pathOf(home(), gone));
    writeTalk(home(), here);
    const { causes, without } = await why();
    expect(without).toEqual({ transcripts: 1, nano: spent?.cost });
    expect(causes.sessions).toBe(1);
  });

  it("follows a transcript that grows", async () => {
    const talk = playTalk();
    writeTalk(home(), talk);
    const before = await why();
    const known = talk.lines.length;
    talk.prompt(50);
    talk.answer(1_000);
    appendFileSync(
      pathOf(home(), talk),
      talk.lines
        .slice(known)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(""),
    );
    const after = await why();
    expect(after.causes.requests).toBe(before.causes.requests + 1);
    rmSync(db());
    expect(await why()).toEqual(after);
  });

  it("forgets what is forgotten", async () => {
    const [kept, forgotten] = [playTalk(), playTalk()];
    for (const talk of [kept, forgotten]) writeTalk(home(), talk);
    await why();
    await withHistory(
      [home()],
      ({ store }) => forgetSessions(store, [forgotten.session], Date.now() + 60_000),
      db(),
    );
    const ledgers = await withHistory([home()], readThreadLedgers, db());
    expect(ledgers.map(({ session }) => session)).toEqual([kept.session]);
    const tables = await withHistory(
      [home()],
      ({ store }) =>
        ["content", "ledger", "ledger_turn"].map((table) =>
          store.db.prepare(`SELECT count(DISTINCT transcript) FROM ${table}`).pluck().get(),
        ),
      db(),
    );
    expect(tables).toEqual([1, 1, 1]);
  });

  it("keeps no word of what was said", async () => {
    const talk = createConversation();
    talk.prompt(100, { text: "Find the secret ingredient" });
    talk.call({ name: "Bash", input: { command: "cat ingredient.txt" }, result: 50 });
    talk.answer();
    writeTalk(home(), talk);
    const kept = await withHistory(
      [home()],
      ({ store }) =>
        ["content", "ledger", "ledger_turn", "ledger_loss"].map((table) =>
          JSON.stringify(store.db.prepare(`SELECT * FROM ${table}`).all()),
        ),
      db(),
    );
    expect(kept.join("")).toContain("Bash");
    expect(kept.join("")).not.toMatch(/ingredient|secret/);
  });

  it("filters by what the rows say", async () => {
    writeTalk(home(), playTalk());
    const ledgers = await withHistory([home()], readThreadLedgers, db());
    expect(filterLedgers(ledgers, { branch: (branch) => branch === "main" })).toHaveLength(1);
    expect(filterLedgers(ledgers, { branch: (branch) => branch === "other" })).toEqual([]);
  });
});
