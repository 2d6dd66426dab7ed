import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SAME_MODEL } from "../../src/executor/chain.ts";
import { createBreaker } from "../../src/executor/breaker.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { openBreakers } from "../../src/store/breakers.ts";
import { openStore, type OpenedStore } from "../../src/store/open.ts";
import { createRawExecutor, message, type RawApi, startRawApi } from "../helpers/raw-api.ts";

let api: RawApi;
beforeAll(async () => {
  api = await startRawApi(({ body }) => ({ json: message(body.model, "x") }));
});
afterAll(() => api.close());

let file: string;
let store: OpenedStore;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "rolecall-locks-")), "store.db");
  store = openStore(file);
});

/** Another process holds the write lock for a while; resolves once it does. */
async function lockFor(ms: number): Promise<void> {
  const holder = fork(join(import.meta.dirname, "../helpers/hold-lock.ts"), [file, String(ms)]);
  await once(holder, "message");
}

/** Returns the longest stall of the event loop while something runs, in ms. */
async function longestStall(work: () => Promise<unknown>): Promise<number> {
  let [last, longest] = [performance.now(), 0];
  const look = (): void => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  };
  const tick = setInterval(look, 5);
  await work();
  clearInterval(tick);
  look();
  return longest;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("a store that another process has locked", () => {
  it("stalls no event loop, and every attempt is recorded in the end", async () => {
    const telemetry = openAttemptLog(store);
    const executor = await createRawExecutor(api, SAME_MODEL, { telemetry, breakers: openBreakers(store) });
    await executor.run({ taskType: "t", prompt: "warm up" });
    await lockFor(1500);
    const runs = 40;
    const stall = await longestStall(async () => {
      for (let run = 0; run < runs; run++) {
        const { notes } = await executor.run({ taskType: "t", prompt: `run ${run}` });
        expect(notes).toEqual([]);
      }
    });
    expect(stall).toBeLessThan(250);
    // What still waits counts already.
    expect(telemetry.attempts()).toHaveLength(runs + 1);
    expect(telemetry.spentSince(0)).toBe((runs + 1) * 700_000);
    await sleep(2500);
    const other = openStore(file);
    expect(openAttemptLog(other).attempts()).toEqual(telemetry.attempts());
    other.close();
    store.close();
  });

  it("gets what still waits when it is closed", async () => {
    const telemetry = openAttemptLog(store);
    const executor = await createRawExecutor(api, SAME_MODEL, { telemetry });
    await lockFor(800);
    await executor.run({ taskType: "t", prompt: "p" });
    store.close();
    const other = openStore(file);
    expect(openAttemptLog(other).attempts()).toHaveLength(1);
    other.close();
    expect(process.listenerCount("exit")).toBe(listeners);
  });

  const listeners = process.listenerCount("exit");

  it("keeps an open breaker open, lets nobody probe, and counts failures afterwards", async () => {
    const key = "anthropic/x";
    const breaker = createBreaker(openBreakers(store));
    const fail = (at: number): void => {
      const pass = breaker.enter(key, at);
      if ("report" in pass) pass.report("down", at);
    };
    for (let failure = 0; failure < 4; failure++) fail(0);
    await lockFor(600);
    const stall = await longestStall(async () => {
      fail(10);
      await sleep(100);
      expect(breaker.status(20)[0]?.failures).toBe(4);
    });
    expect(stall).toBeLessThan(150);
    await sleep(1200);
    expect(breaker.status(30)).toEqual([{ key, state: "open", failures: 5, until: 60_010 }]);
    await lockFor(600);
    expect(breaker.enter(key, 1000)).toEqual({ until: 60_010, probing: false });
    expect(breaker.enter(key, 70_000)).toMatchObject({ probing: true });
    await sleep(1200);
    expect(breaker.enter(key, 70_000)).toHaveProperty("report");
    store.close();
  });
});

describe("the record of attempts", () => {
  it("gives the newest, since a moment, of a model", async () => {
    const telemetry = openAttemptLog(store);
    const executor = await createRawExecutor(api, SAME_MODEL, { telemetry });
    for (const prompt of ["a", "b", "c"]) {
      await executor.run({ taskType: prompt, prompt });
      await sleep(2);
    }
    const types = (query?: Parameters<typeof telemetry.attempts>[0]): string[] =>
      telemetry.attempts(query).map(({ taskType }) => taskType);
    expect(types()).toEqual(["a", "b", "c"]);
    expect(types({ limit: 2 })).toEqual(["b", "c"]);
    expect(types({ model: "sonnet", limit: 1 })).toEqual(["c"]);
    expect(types({ model: "claude-sonnet-5-5" })).toHaveLength(3);
    expect(types({ model: "opus" })).toEqual([]);
    const last = telemetry.attempts({ limit: 1 })[0];
    expect(types({ since: new Date(last?.at ?? 0) })).toEqual(["c"]);
    expect(types({ until: last?.at ?? 0 })).toEqual(["a", "b"]);
    store.close();
  });
});
