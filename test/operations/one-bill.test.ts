import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type OpenedHistory, openHistory } from "../../src/history/open-history.ts";
import { renderFallbacks } from "../../src/render/fallbacks.ts";
import { createStyle } from "../../src/render/style.ts";
import { readFallbacks } from "../../src/operations/fallbacks.ts";
import { readOverview } from "../../src/operations/overview.ts";
import { readSavings } from "../../src/operations/savings.ts";
import { readSpend } from "../../src/operations/spend.ts";
import { titleFinder } from "../../src/history/session-titles.ts";
import { SPEND_KEYS, SPEND_RULES } from "../../src/operations/spend-keys.ts";
import { repositoryFinder } from "../../src/history/repositories.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { forgetSessions } from "../../src/store/forget.ts";
import { openStore } from "../../src/store/open.ts";
import { attemptOf } from "../helpers/attempts.ts";
import { rolecall } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";

const RECORDING = join(import.meta.dirname, "../../fixtures/recordings/a-plain");
/** The only session of the recording. */
const SESSION = "d07a5803-087c-47c8-89da-462179476202";
const EVER = { timezone: "UTC" };
const NOW = Date.UTC(2026, 10, 22);
const usage = {
  input: 1000,
  output: 100,
  thinking: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  cacheRead: 0,
  webSearches: 0,
};

/** Attempts that cost $1, $2, $4 … each: a sum tells which are in it. */
const ATTEMPTS = [
  attemptOf(0, { run: "e1", source: "executor", model: "claude-sonnet-5-5", tier: "sonnet", result: "failed", usage, costNano: 1e9, latencyMs: 400 }),
  attemptOf(1, { run: "e1", source: "executor", model: "claude-opus-5-5", tier: "opus", usage, costNano: 2e9, delayMs: 100, latencyMs: 500 }),
  attemptOf(2, { run: "e2", source: "executor", model: "anthropic/claude-sonnet-5.5", tier: "sonnet", effort: "high", usage, costNano: 4e9, latencyMs: 300 }),
  attemptOf(3, { run: "c1", source: "cascade", session: SESSION, model: "claude-sonnet-5-5", tier: "sonnet", usage, costNano: 8e9 }),
  attemptOf(4, { run: "c2", source: "cascade", session: "without-a-transcript", model: "claude-opus-5-5", tier: "opus", usage, costNano: 16e9, latencyMs: 60_000 }),
  attemptOf(5, { run: "b1", source: "batch", model: "gpt-x", usage, at: Date.UTC(2026, 10, 20, 23) }),
  attemptOf(6, { run: "e3", source: "executor", model: "claude-sonnet-5-5", tier: "sonnet", result: "failed", failure: "overloaded" }),
]; // prettier-ignore

let history: OpenedHistory;
let alone: number;
beforeEach(async () => {
  history = await openHistory({ claudeDirs: [RECORDING], db: ":memory:" }, process.env, import.meta.dirname);
  alone = readSpend(history, ["model"], EVER).total.costNano;
  const log = openAttemptLog(history.store);
  for (const attempt of ATTEMPTS) log.record(attempt);
});
afterEach(() => history.close());

it("spend, savings, overview and fallbacks show one bill; what a transcript holds is in it once", async () => {
  const { total, rows, unpriced } = readSpend(history, ["source"], EVER);
  expect(total.costNano).toBeCloseTo(alone + 23e9, 3);
  expect(rows.map(({ key, requests }) => [key.source, requests])).toEqual([
    ["cascade", 1],
    ["executor", 3],
    ["transcripts", expect.any(Number)],
    ["batch", 1],
  ]);
  expect(unpriced).toMatchObject([{ model: "gpt-x", requests: 1, usage: { input: 1000 } }]);
  expect(readSavings(history, EVER, {}).actualNano).toBeCloseTo(total.costNano, 3);
  expect(readFallbacks(history, EVER).panel.actualNano).toBeCloseTo(total.costNano, 3);
  const overview = await readOverview(history, EVER, {}, NOW);
  expect(overview.byModel.total.costNano).toBeCloseTo(total.costNano, 3);
  expect(overview).toMatchObject({ sessions: 1, projects: 1 });
});

it("every breakdown adds up to the same total", () => {
  for (const key of SPEND_KEYS) {
    if (SPEND_RULES[key].ofTasks) continue;
    const { rows, total } = readSpend(
      history,
      [key, "source"],
      EVER,
      {},
      { repositoryOf: repositoryFinder(), titleOf: titleFinder(history.store) },
    );
    expect(rows.reduce((sum, { costNano }) => sum + costNano, 0)).toBeCloseTo(alone + 23e9, 3);
    expect(total.requests).toBe(rows.reduce((sum, { requests }) => sum + requests, 0));
  }
  const days = readSpend(history, ["day", "source"], { timezone: "Asia/Tokyo" }).rows;
  expect(days.find(({ key }) => key.source === "batch")?.key.day).toBe("2026-11-21");
  const models = readSpend(history, ["model", "effort", "source"], EVER).rows;
  expect(models.find(({ key }) => key.effort === "high")?.key.model).toBe("claude-sonnet-5-5");
});

it("a period and a filter by model hold for attempts; they belong to no project, agent, role or account", async () => {
  const cost = (filters: object, period: object = {}) =>
    readSpend(history, ["source"], { ...EVER, ...period }, filters).rows.find(
      ({ key }) => key.source === "executor",
    );
  expect(cost({ model: "opus" })?.costNano).toBe(2e9);
  expect(cost({}, { since: Date.UTC(2026, 10, 22) })).toBeUndefined();
  for (const filter of [{ project: "*" }, { agent: "main" }, { role: "main" }])
    expect(cost(filter)).toBeUndefined();
  const one = { ...history, isOneAccount: true };
  expect(readSpend(one, ["source"], EVER).total.costNano).toBeCloseTo(alone, 3);
});

it("fallbacks show attempts by source and model, runs by tier, and what a fallback costs in time", () => {
  const { attempts, panel } = readFallbacks(history, EVER);
  expect(attempts.spend.map(({ source, attempts: count }) => [source, count])).toContainEqual(["cascade", 1]);
  expect(attempts.tiers).toMatchObject([
    { tier: "sonnet", started: 3, accepted: 1, escalated: 1, failed: 1 },
    { tier: "opus", started: 1 },
  ]);
  expect(attempts.latency).toMatchObject({ direct: { runs: 3 }, fallback: { runs: 1, medianMs: 1000 } });
  expect(panel).toMatchObject({ sonnetAttempts: 4, sonnetRuns: 3, opusFallbacks: 1 });
  const report = renderFallbacks(readFallbacks(history, EVER), { width: 120, style: createStyle(false) });
  expect(report).toContain("(accepted ÷ known outcomes, with runs of the executor and of cascades)");
});

it("an attempt of a session that is forgotten is forgotten with it", () => {
  forgetSessions(history.store, [SESSION], NOW);
  expect(
    openAttemptLog(history.store)
      .attempts()
      .map(({ costNano = 0 }) => costNano / 1e9),
  ).not.toContain(8);
});

it("someone who only uses the executor sees a bill as well", async () => {
  const folder = temporaryFolder();
  const places = { roots: [join(folder, "none")], db: join(folder, "rolecall.db") };
  const store = openStore(places.db);
  const log = openAttemptLog(store);
  for (const attempt of ATTEMPTS) log.record(attempt);
  store.close();
  const { out, exit } = await rolecall(["spend", "--by", "source", "--since", "2026-11-01"], places);
  expect(exit).toBe(0);
  expect(out).toMatch(/executor +3 .*\$7\.00/);
  expect(out).toMatch(/cascade +2 .*\$24\.00/);
  const overview = await rolecall(["overview", "--since", "2026-11-01"], places);
  expect(overview.out).toMatch(/of that \$24\.00 by cascades, \$7\.00 by the executor/);
  const fallbacks = await rolecall(["fallbacks", "--since", "2026-11-01"], places);
  expect(fallbacks.out).toMatch(/Latency of runs that another model answered: median 1s/);
});
