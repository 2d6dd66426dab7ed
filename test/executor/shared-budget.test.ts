import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { dayStart } from "../../src/executor/budget.ts";
import { SAME_MODEL } from "../../src/executor/chain.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { openStore } from "../../src/store/open.ts";
import { createRawExecutor, endOf, eventsOf, message, type RawApi, startRawApi } from "../helpers/raw-api.ts";
import { temporaryFolder } from "../helpers/spend.ts";

const PROCESS = join(import.meta.dirname, "../helpers/budget-process.ts");
/** An answer that fills its room: 10 and 1000 tokens of Sonnet. */
const ANSWER_USD = 0.01002;
const usage = { input_tokens: 10, output_tokens: 1000 };

let api: RawApi;
afterEach(() => api.close());

describe("a hard budget of the day that several processes share", () => {
  it("holds for what they are about to spend", async () => {
    api = await startRawApi(({ body }) => ({
      events: [30, ...eventsOf(message(body.model, "x", { usage }))],
    }));
    const file = join(temporaryFolder(), "store.db");
    openStore(file).close();
    const ran = await Promise.all(
      Array.from({ length: 3 }, () =>
        promisify(execFile)(process.execPath, [PROCESS, file, api.url, "0.15"], { env: process.env }),
      ),
    );
    const ends = ran.flatMap(({ stdout }) => JSON.parse(stdout) as { sent: number; reason: string }[]);
    expect(new Set(ends.map(({ reason }) => reason))).toEqual(new Set(["budget"]));
    const store = openStore(file);
    const spent = openAttemptLog(store).spentSince(0) / 1e9;
    expect(api.requests).toHaveLength(ends.reduce((sum, { sent }) => sum + sent, 0));
    expect(spent).toBeCloseTo(api.requests.length * ANSWER_USD, 6);
    expect(spent).toBeLessThanOrEqual(0.15);
    expect(spent).toBeGreaterThan(0.15 - 3 * ANSWER_USD);
    expect(store.db.prepare("SELECT count(*) FROM held_money").pluck().get()).toBe(0);
  });

  it("counts what a process that was killed held back, for an hour", async () => {
    api = await startRawApi(() => ({ events: ["hang"] }));
    const file = join(temporaryFolder(), "store.db");
    const store = openStore(file);
    const child = spawn(process.execPath, [PROCESS, file, api.url, "0.05"], {
      env: process.env,
      stdio: "ignore",
    });
    const held = () => store.db.prepare("SELECT count(*) FROM held_money").pluck().get() as number;
    await expect.poll(held, { timeout: 20_000 }).toBeGreaterThan(2);
    child.kill("SIGKILL");
    await once(child, "close");
    const { hold } = openAttemptLog(store);
    const fits = (at: number): boolean =>
      hold?.({ since: dayStart(at), at, nano: 20_000_000 }, (spent) => spent + 20_000_000 <= 50_000_000) !==
      undefined;
    const now = Date.now();
    expect(fits(now)).toBe(false);
    expect(fits(now + 3_600_001 - (now % 1))).toBe(true);
  });

  it("counts what a broken answer may have cost in the other process as well", async () => {
    api = await startRawApi(({ body }) => ({
      events: [...eventsOf(message(body.model, "y".repeat(20_000))).slice(0, 3), "cut"],
    }));
    const file = join(temporaryFolder(), "store.db");
    const end = async () => {
      const store = openStore(file);
      const executor = await createRawExecutor(api, SAME_MODEL, {
        telemetry: openAttemptLog(store),
        budgets: { day: { hardUsd: 0.25 } },
      });
      const ended = await endOf(executor.stream({ taskType: "t", prompt: "p", maxTokens: 10_000 }).result);
      store.close();
      return ended;
    };
    expect((await end()).trail).toHaveLength(2);
    expect(await end()).toMatchObject({ reason: "budget", trail: [] });
  });
});
