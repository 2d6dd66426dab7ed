import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAnthropicBatches } from "../../src/executor/anthropic-batches.ts";
import { type BatchRunner, createBatchRunner } from "../../src/executor/batch.ts";
import { createCatalogue } from "../../src/operations/executor.ts";
import type { AttemptLog } from "../../src/domain/attempt.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { openBatches } from "../../src/store/batches.ts";
import { openStore, type OpenedStore } from "../../src/store/open.ts";
import { type RouteAnswer, type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import { createVirtualClock, type VirtualClock } from "../helpers/virtual-clock.ts";

interface Sent {
  requests: { custom_id: string; params: { model: string; max_tokens: number } }[];
}

/** The batches that the API holds. */
let held: Sent[] = [];
let polls = 0;
let dropAnswer = false;
let api: ScriptedApi;
let clock: VirtualClock;
let store: OpenedStore;
let log: AttemptLog;

beforeAll(async () => {
  api = await startScriptedApi({ route: answerBatches });
});
afterAll(() => api.stop());
beforeEach(() => {
  [held, polls, dropAnswer] = [[], 0, false];
  clock = createVirtualClock();
  store = openStore(":memory:");
  log = openAttemptLog(store);
});

/** The batch endpoints: a batch ends at the third look. */
function answerBatches(method: string, path: string, body: string): RouteAnswer | undefined {
  const [, id, results] = /^\/v1\/messages\/batches(?:\/(\w+))?(\/results)?$/.exec(path) ?? [];
  if (!path.startsWith("/v1/messages/batches")) return undefined;
  if (method === "POST") {
    held.push(JSON.parse(body) as Sent);
    return dropAnswer ? { status: 500, body: {} } : { body: stateOf(held.length - 1) };
  }
  if (results) return { headers: { "content-type": "application/x-jsonl" }, body: resultsOf(Number(id)) };
  if (id) {
    polls++;
    return { body: stateOf(Number(id)) };
  }
  return {
    body: { data: held.map((_, index) => stateOf(index)), has_more: false, first_id: null, last_id: null },
  };
}

function stateOf(index: number): object {
  const count = held[index]?.requests.length ?? 0;
  const ended = polls >= 3;
  const base = new URL(api.url);
  return {
    id: String(index),
    type: "message_batch",
    processing_status: ended ? "ended" : "in_progress",
    created_at: new Date(clock.now()).toISOString(),
    request_counts: {
      processing: ended ? 0 : count,
      succeeded: ended ? count : 0,
      errored: 0,
      canceled: 0,
      expired: 0,
    },
    results_url: ended ? `${base.origin}/v1/messages/batches/${index}/results` : null,
  };
}

function resultsOf(index: number): string {
  const usage = {
    input_tokens: 1000,
    output_tokens: 100,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  };
  const lines = (held[index]?.requests ?? []).map(({ custom_id, params }) => ({
    custom_id,
    result: custom_id.startsWith("bad")
      ? { type: "errored", error: { type: "error", error: { type: "invalid_request_error", message: "no" } } }
      : {
          type: "succeeded",
          message: {
            id: `msg_${custom_id}`,
            model: params.model,
            content: [{ type: "text", text: `done ${custom_id}` }],
            stop_reason: "end_turn",
            usage,
          },
        },
  }));
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

const work = {
  taskType: "documentation",
  model: "sonnet",
  items: [
    { id: "one", prompt: "Describe a" },
    { id: "bad-two", prompt: "Describe b" },
  ],
};

/** A runner as a new process would make it. */
function createRunner(): BatchRunner {
  return createBatchRunner({
    sender: createAnthropicBatches({ apiKey: "made-up", baseUrl: api.url }),
    catalogue: createCatalogue(),
    store: openBatches(store),
    telemetry: log,
    clock,
  });
}

describe("a batch", () => {
  it("is sent, waited for and collected, at half the price", async () => {
    const runner = createRunner();
    await runner.submit("docs", work);
    expect(await runner.collect("docs", { pollMs: 5000 })).toEqual([
      // 1000 tokens at $2 and 100 at $10 per million, halved.
      { id: "one", text: "done one", stopReason: "end", costNano: 1_500_000 },
      { id: "bad-two", failure: "bad-request", costNano: 0 },
    ]);
    expect(clock.slept).toEqual([5000, 5000]);
    expect(log.spentSince(0)).toBe(1_500_000);
  });

  it("is sent once, however often its name is submitted, and counted once, however often it is collected", async () => {
    await createRunner().submit("docs", work);
    const again = createRunner();
    await again.submit("docs", work);
    await again.collect("docs");
    await createRunner().collect("docs");
    expect(held).toHaveLength(1);
    expect(log.list(0)).toHaveLength(2);
    expect(log.list(0)[0]).toMatchObject({ source: "batch", taskType: "documentation", tier: "sonnet" });
  });

  it("is found again after a crash between sending and hearing of it", async () => {
    dropAnswer = true;
    await expect(createRunner().submit("docs", work)).rejects.toThrow("500");
    dropAnswer = false;
    expect(await createRunner().submit("docs", work)).toMatchObject({ batchId: "0" });
    expect(held).toHaveLength(1);
  });

  it("is sent after a crash before sending", async () => {
    openBatches(store).save({
      name: "docs",
      taskType: "t",
      model: "claude-sonnet-5-5",
      at: clock.now(),
      items: 2,
    });
    expect(await createRunner().submit("docs", work)).toMatchObject({ batchId: "0" });
  });

  it("of another job is not taken for it", async () => {
    await createRunner().submit("other", work);
    openBatches(store).save({
      name: "docs",
      taskType: "t",
      model: "claude-sonnet-5-5",
      at: clock.now(),
      items: 2,
    });
    expect(await createRunner().submit("docs", work)).toMatchObject({ batchId: "1" });
  });

  it("is never guessed: two that could be it are an error", async () => {
    await createRunner().submit("a", work);
    await createRunner().submit("b", work);
    store = openStore(":memory:");
    openBatches(store).save({
      name: "c",
      taskType: "t",
      model: "claude-sonnet-5-5",
      at: clock.now(),
      items: 2,
    });
    await expect(createRunner().submit("c", work)).rejects.toThrow('batch: 2 batches could be "c": 0, 1');
    expect(held).toHaveLength(2);
  });

  it("with ids that the API would turn down is not sent", async () => {
    const items = [{ id: "a b", prompt: "p" }, ...work.items, ...work.items];
    await expect(createRunner().submit("docs", { ...work, items })).rejects.toThrow("3 problems");
    expect(held).toEqual([]);
  });
});
