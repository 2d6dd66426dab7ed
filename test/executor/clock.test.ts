import { afterEach, expect, it, vi } from "vitest";
import { SAME_MODEL } from "../../src/executor/chain.ts";
import { SYSTEM_CLOCK } from "../../src/executor/clock.ts";
import type { Answer, Sender } from "../../src/executor/sender.ts";
import { createExecutor } from "../../src/operations/executor.ts";
import { createRawExecutor, endOf, message, type RawApi, startRawApi } from "../helpers/raw-api.ts";

const HOUR_MS = 3_600_000;

let api: RawApi | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await api?.close();
  api = undefined;
});

it("a clock that is set while an answer is on its way changes neither latency nor deadline", async () => {
  const real = Date.now;
  for (const offMs of [-2 * HOUR_MS, 2 * HOUR_MS]) {
    api = await startRawApi(({ body }) => {
      vi.spyOn(Date, "now").mockImplementation(() => real() + offMs);
      return api?.requests.length === 1 ? { status: 503, json: {} } : { json: message(body.model, "x") };
    });
    const executor = await createRawExecutor(api, { ...SAME_MODEL, retries: 1 });
    const end = await endOf(executor.run({ taskType: "t", prompt: "p" }));
    expect([end.text, end.trail]).toEqual(["x", ["sonnet server", "sonnet accepted"]]);
    expect(end.latencyMs).toBeLessThan(HOUR_MS / 60);
    for (const { latencyMs } of end.attempts ?? []) {
      expect(latencyMs).toBeGreaterThanOrEqual(0);
      expect(latencyMs).toBeLessThan(HOUR_MS / 60);
    }
    vi.restoreAllMocks();
    await api.close();
  }
});

it("no latency is below zero, whatever a clock of the caller's own says", async () => {
  let off = 0;
  api = await startRawApi(({ body }) => {
    off = -HOUR_MS;
    return { json: message(body.model, "x") };
  });
  const now = (): number => Date.now() + off;
  const executor = await createRawExecutor(api, SAME_MODEL, {
    clock: { ...SYSTEM_CLOCK, now, monotonic: now },
  });
  const end = await endOf(executor.run({ taskType: "t", prompt: "p" }));
  expect([end.text, end.latencyMs, end.attempts?.[0]?.latencyMs]).toEqual(["x", 0, 0]);
});

it("an answer of the caller's own sender is completed, and one without text is a failure", async () => {
  const step = { provider: "mine", model: "m", contextTokens: 8000, maxOutputTokens: 1000 } as const;
  const usdPerMillion = { input: 10, output: 30 };
  const run = (answer: unknown) => {
    const sender: Sender<"mine"> = { provider: "mine", send: () => Promise.resolve(answer as Answer) };
    const policy = { name: "mine", chain: [{ ...step, usdPerMillion }], retries: 0 } as const;
    const executor = createExecutor({ policy, sender });
    return endOf(executor.run({ taskType: "t", prompt: "p", validate: (text) => text !== "" }));
  };
  const end = await run({ text: "hi", stopReason: "of its own" });
  expect(end).toMatchObject({ text: "hi", model: "m", stopReason: "end", attempts: [{ estimated: true }] });
  expect(end.costUsd).toBeGreaterThan(0);
  for (const answer of [undefined, {}, { text: 5 }]) expect((await run(answer)).trail).toEqual(["m server"]);
});
