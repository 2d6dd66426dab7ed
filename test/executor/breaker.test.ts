import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Breaker, createBreaker, type Pass } from "../../src/executor/breaker.ts";
import { SAME_MODEL } from "../../src/executor/chain.ts";
import { openBreakers } from "../../src/store/breakers.ts";
import { openStore } from "../../src/store/open.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import { createScriptedExecutor, failureOf } from "../helpers/scripted-executor.ts";

const KEY = "anthropic/claude-sonnet-5-5";
const tempStore = (): string => join(mkdtempSync(join(tmpdir(), "rolecall-breaker-")), "store.db");

function enter(breaker: Breaker, at: number): Pass {
  const pass = breaker.enter(KEY, at);
  if ("until" in pass) throw new Error(`closed until ${pass.until}`);
  return pass;
}

function failTimes(breaker: Breaker, times: number, at: number): void {
  for (let count = 0; count < times; count++) enter(breaker, at).report("down", at);
}

describe("a breaker in two processes' hands", () => {
  let one: Breaker;
  let other: Breaker;
  let events: () => string[];

  beforeEach(() => {
    const file = tempStore();
    const stores = [openBreakers(openStore(file)), openBreakers(openStore(file))] as const;
    [one, other] = [createBreaker(stores[0]), createBreaker(stores[1])];
    events = () => stores[0].events(0).map(({ kind, at }) => `${kind} ${at}`);
  });

  it("opens after five failures in a row, whoever met them", () => {
    failTimes(one, 3, 1000);
    failTimes(other, 2, 2000);
    expect(one.enter(KEY, 2001)).toEqual({ until: 62_000, probing: false });
    expect(other.enter(KEY, 61_999)).toEqual({ until: 62_000, probing: false });
    expect(events()).toEqual(["opened 2000"]);
  });

  it("stays closed where an answer comes in between", () => {
    failTimes(one, 4, 1000);
    enter(other, 1000).report("up", 1000);
    failTimes(one, 4, 1000);
    expect(other.status(1000)).toEqual([{ key: KEY, state: "closed", failures: 4 }]);
  });

  it("lets one probe through when its time is up, and no second one", () => {
    failTimes(one, 5, 0);
    const probe = enter(one, 60_000);
    expect(other.enter(KEY, 60_001)).toEqual({ until: 180_000, probing: true });
    probe.report("up", 61_000);
    expect(other.status(61_000)).toEqual([{ key: KEY, state: "closed", failures: 0 }]);
    expect(events()).toEqual(["closed 61000", "probing 60000", "opened 0"]);
  });

  it("opens again for as long when the probe fails", () => {
    failTimes(one, 5, 0);
    enter(other, 60_000).report("down", 61_000);
    expect(one.enter(KEY, 120_999)).toEqual({ until: 121_000, probing: false });
    expect(events()[0]).toBe("reopened 61000");
  });

  it("gives the probe's place away when its process died, or when its caller gave up", () => {
    failTimes(one, 5, 0);
    enter(one, 60_000);
    expect(() => enter(other, 179_999)).toThrow("closed until");
    enter(other, 180_000).report("unsaid", 180_001);
    expect(one.enter(KEY, 180_002)).toHaveProperty("report");
  });

  it("is not moved by late answers to attempts from before it opened", () => {
    const late = enter(one, 0);
    failTimes(other, 5, 0);
    late.report("up", 10);
    expect(one.enter(KEY, 20)).toEqual({ until: 60_000, probing: false });
  });

  it("that opened ahead of now, because the clock was set back, is probed instead of believed", () => {
    failTimes(one, 5, 3_600_000);
    expect(other.status(0)).toEqual([{ key: KEY, state: "half-open", failures: 5 }]);
    const probe = enter(other, 0);
    expect(one.enter(KEY, 10)).toMatchObject({ probing: true });
    probe.report("down", 20);
    expect(one.enter(KEY, 30)).toEqual({ until: 60_020, probing: false });
  });

  it("does not believe a probe from ahead of now either", () => {
    failTimes(one, 5, 3_600_000);
    enter(one, 3_660_000);
    expect(other.enter(KEY, 0)).toHaveProperty("report");
  });

  it("believes a moment just ahead: two processes read their clocks at different moments", () => {
    failTimes(one, 5, 500);
    expect(other.enter(KEY, 0)).toEqual({ until: 60_500, probing: false });
  });

  it("can be reset by hand", () => {
    failTimes(one, 5, 0);
    expect(other.reset(10)).toEqual([KEY]);
    expect(other.reset(10)).toEqual([]);
    expect(one.enter(KEY, 11)).toHaveProperty("report");
    expect(events()[0]).toBe("reset 10");
  });
});

describe("a breaker that four processes ask at once", () => {
  it("lets one of them through", async () => {
    const file = tempStore();
    failTimes(createBreaker(openBreakers(openStore(file))), 5, 0);
    const racer = join(import.meta.dirname, "../helpers/probe-race.ts");
    const racers = Array.from({ length: 4 }, () => fork(racer, [file, KEY, "60000"]));
    await Promise.all(racers.map((child) => once(child, "message")));
    const answers = racers.map((child) => once(child, "message"));
    for (const child of racers) child.send("go");
    expect((await Promise.all(answers)).flat().filter((word) => word === "probe")).toHaveLength(1);
  });
});

describe("an executor behind breakers", () => {
  let api: ScriptedApi;
  beforeAll(async () => {
    api = await startScriptedApi();
  });
  afterAll(() => api.stop());
  const down = { name: "down", when: { model: "sonnet" }, reply: { status: 503 } };

  it("sends to Opus at once while Sonnet's is open, and asks Sonnet again after a minute", async () => {
    api.setRules([down]);
    const { executor, clock } = createScriptedExecutor(api.url, { retry: { retries: 4 } });
    const first = await executor.run({ taskType: "t", prompt: "p" });
    expect(first.attempts.map(({ tier }) => tier)).toEqual([
      ...Array.from({ length: 5 }, () => "sonnet"),
      "opus",
    ]);
    const second = await executor.run({ taskType: "t", prompt: "p" });
    expect(second.attempts.map(({ tier, cause }) => `${tier} ${cause}`)).toEqual(["opus fallback"]);
    expect(second.fallbackChain).toMatchObject([{ from: KEY, cause: "fallback" }]);
    api.setRules([]);
    clock.advance(60_000);
    expect((await executor.run({ taskType: "t", prompt: "p" })).attempts[0]?.tier).toBe("sonnet");
    expect(executor.breakers.status()[0]).toMatchObject({ key: KEY, state: "closed" });
    expect(executor.breakers.events().map(({ kind }) => kind)).toEqual(["closed", "probing", "opened"]);
  });

  it("waits where every model is behind one, and comes back to the first that it was sent around", async () => {
    api.setRules([{ name: "down", reply: { status: 503 } }]);
    const { executor, clock } = createScriptedExecutor(api.url, { retry: { retries: 4 } });
    await failureOf(executor.run({ taskType: "t", prompt: "p" }));
    expect(executor.breakers.status().map(({ state }) => state)).toEqual(["open", "open"]);
    api.setRules([]);
    const before = clock.slept.length;
    const result = await executor.run({ taskType: "t", prompt: "p" });
    // Sonnet's breaker opened first: the rest of its minute, and half a second of jitter.
    expect(clock.slept.slice(before)).toEqual([53_000]);
    expect(result.attempts.map(({ tier, cause, delayMs }) => [tier, cause, delayMs])).toEqual([
      ["sonnet", "first", 53_000],
    ]);
    expect(result.fallbackChain).toEqual([]);
  });

  it("does not wait longer than it is allowed to", async () => {
    api.setRules([{ name: "down", reply: { status: 503 } }]);
    const breaker = { waitMs: 60_000 };
    const { executor } = createScriptedExecutor(api.url, {
      policy: SAME_MODEL,
      retry: { retries: 9 },
      breaker,
    });
    const failure = await failureOf(executor.run({ taskType: "t", prompt: "p" }));
    // Five failures and the probe after a minute; a second minute would be more than is allowed.
    expect(failure.attempts).toHaveLength(6);
    expect(failure.reason).toBe("unavailable");
  });

  it("does not count what is the caller's fault", async () => {
    api.setRules([
      { name: "bad", reply: { status: 400, error: { type: "invalid_request_error", message: "x" } } },
    ]);
    const { executor } = createScriptedExecutor(api.url);
    for (let run = 0; run < 6; run++) await failureOf(executor.run({ taskType: "t", prompt: "p" }));
    expect(executor.breakers.status()).toEqual([]);
  });

  it("gives up at once where it may not wait, and says that nothing could be asked", async () => {
    api.setRules([down]);
    const breaker = { waitMs: 0 };
    const { executor } = createScriptedExecutor(api.url, {
      policy: SAME_MODEL,
      retry: { retries: 4 },
      breaker,
    });
    await failureOf(executor.run({ taskType: "t", prompt: "p" }));
    const failure = await failureOf(executor.run({ taskType: "t", prompt: "p" }));
    expect(failure).toMatchObject({ reason: "unavailable", attempts: [] });
    executor.breakers.reset(KEY);
    api.setRules([]);
    await expect(executor.run({ taskType: "t", prompt: "p" })).resolves.toMatchObject({
      fallbackUsed: false,
    });
  });

  it("closes them by key, by provider, by tier and by the names that other routers use", async () => {
    api.setRules([{ name: "down", reply: { status: 503 } }]);
    const { executor } = createScriptedExecutor(api.url, { retry: { retries: 4 }, breaker: { waitMs: 0 } });
    const opus = "anthropic/claude-opus-5-5";
    const { breakers } = executor;
    const open = async (): Promise<void> =>
      void (await failureOf(executor.run({ taskType: "t", prompt: "p" })));
    for (const [args, closed] of [
      [[], [opus, KEY]],
      [["anthropic"], [KEY, opus]],
      [[KEY], [KEY]],
      [["anthropic", "sonnet"], [KEY]],
      [["anthropic", "capable"], [KEY]],
      [["anthropic", "premium"], [opus]],
      [["anthropic", "claude-opus-5-5"], [opus]],
    ] as const) {
      breakers.reset();
      await open();
      await open();
      expect([args, breakers.reset(...args).toSorted()]).toEqual([args, closed.toSorted()]);
    }
  });

  it("tells a misspelt one from one that is closed", () => {
    const { executor } = createScriptedExecutor(api.url);
    expect(executor.breakers.reset("anthropic", "sonnet")).toEqual([]);
    for (const args of [
      ["antropic"],
      ["anthropic/claude-sonet-5-5"],
      ["anthropic", "capabel"],
      ["openai", "m"],
    ] as const)
      expect(() => executor.breakers.reset(...args)).toThrow("the breaker: 1 problem");
    const misspelt = (): unknown => executor.breakers.reset("anthropic/claude-sonet-5-5");
    expect(misspelt).toThrow(
      expect.objectContaining({ problems: [expect.objectContaining({ suggestion: KEY })] }),
    );
  });
});
