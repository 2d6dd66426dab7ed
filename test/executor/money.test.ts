import { afterEach, describe, expect, it } from "vitest";
import { HAIKU_CASCADE, ladder, SAME_MODEL, SONNET_TO_OPUS } from "../../src/executor/chain.ts";
import { InvalidInputError } from "../../src/errors.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { openStore } from "../../src/store/open.ts";
import {
  chunk,
  completion,
  createRawExecutor,
  endOf,
  errorReply,
  eventsOf,
  message,
  OTHER,
  type RawApi,
  type RawReply,
  type RawRequest,
  startRawApi,
} from "../helpers/raw-api.ts";

let api: RawApi;
afterEach(() => api.close());

const serve = async (answer: (request: RawRequest) => RawReply, count?: number | (() => RawReply)) =>
  (api = await startRawApi(answer, count));

const document = {
  role: "user" as const,
  content: [
    { type: "document", source: { type: "url", url: "https://example.com/big.pdf" } },
    { type: "text", text: "Summarize" },
  ],
};
const read = (request: RawRequest): RawReply => ({
  json: message(request.body.model, "read it", { usage: { input_tokens: 312_000, output_tokens: 50 } }),
});
const OTHER_ONLY = { name: "other", chain: [OTHER] } as const;

const block = (source: object) => ({ type: "document", source });

describe("a prompt whose length nobody sees", () => {
  const small = { provider: "anthropic", model: "claude-haiku-4-5" } as const;
  const policy = { name: "p", chain: [small, { provider: "anthropic", model: "sonnet" }] } as const;

  it("is counted before a model with too small a context is asked", async () => {
    await serve(read, 312_000);
    const executor = await createRawExecutor(api, policy);
    const end = await endOf(executor.run({ taskType: "t", messages: [document] }));
    expect([end.text, end.trail]).toEqual(["read it", ["sonnet accepted"]]);
    expect(new Set(api.counted)).toEqual(new Set(["claude-haiku-4-5-20251001", "claude-sonnet-5-5"]));
  });

  it("goes to the next model if the API refuses it all the same", async () => {
    await serve((request) =>
      request.body.model.includes("haiku") ? errorReply(400, "invalid_request_error") : read(request),
    );
    const executor = await createRawExecutor(api, HAIKU_CASCADE);
    for (const content of [document.content, "word ".repeat(60_000)]) {
      const end = await endOf(executor.run({ taskType: "t", messages: [{ role: "user", content }] }));
      expect(end.trail).toEqual(["haiku bad-request", "sonnet accepted"]);
    }
    const short = await endOf(executor.run({ taskType: "t", prompt: "short" }));
    expect(short.trail).toEqual(["haiku bad-request"]);
  });

  it("is counted for a hard budget, by file id, in a tool result and as a PDF too", async () => {
    await serve(read, 312_000);
    const executor = await createRawExecutor(api, SAME_MODEL);
    for (const content of [
      [block({ type: "url", url: "https://example.com/a" })],
      [block({ type: "file", file_id: "file_1" })],
      [block({ type: "base64", media_type: "application/pdf", data: "JVBERi0=" })],
      [{ type: "tool_result", tool_use_id: "t1", content: [block({ type: "url", url: "https://x.y" })] }],
    ]) {
      const request = {
        taskType: "t",
        messages: [{ role: "user" as const, content }],
        maxTokens: 500,
      } as const;
      const dear = await endOf(executor.run({ ...request, budget: { hardUsd: 0.05 } }));
      expect([dear.reason, api.requests]).toEqual(["budget", []]);
    }
    const cheap = await endOf(
      executor.run({ taskType: "t", messages: [document], maxTokens: 500, budget: { hardUsd: 1 } }),
    );
    expect(cheap.costUsd).toBe(0.6245);
  });

  it("that cannot be counted is not sent under a hard budget", async () => {
    for (const count of [undefined, () => ({ json: {} }), () => ({ json: { input_tokens: "many" } })]) {
      await serve(read, count);
      const executor = await createRawExecutor(api, SAME_MODEL);
      const request = { taskType: "t", messages: [document] } as const;
      const end = await endOf(executor.run({ ...request, budget: { hardUsd: 100 } }));
      expect([end.reason, end.cause]).toEqual([
        "budget",
        expect.stringContaining("cannot be kept: the length of the prompt is not known"),
      ]);
      const free = await endOf(executor.run(request));
      expect(free.notes).toEqual(["the length of the prompt could not be counted (claude-sonnet-5-5)"]);
      await api.close();
    }
  });

  it("an image has at most a known length, so nothing is counted for it", async () => {
    await serve(read, 312_000);
    const image = {
      type: "image",
      source: { type: "base64", media_type: "image/png", data: "A".repeat(900_000) },
    };
    const executor = await createRawExecutor(api, policy);
    const messages = [
      { role: "user", content: [image, { ...image, source: { type: "url", url: "u" } }] },
    ] as const;
    expect((await endOf(executor.run({ taskType: "t", messages }))).trail).toEqual(["haiku accepted"]);
    expect(api.counted).toEqual([]);
  });
});

const search = (more: object) => ({ type: "web_search_20250305", name: "web_search", ...more });

describe("a hard budget", () => {
  it("counts text exactly before it refuses", async () => {
    await serve(({ body }) => ({ json: message(body.model, "x") }), 10_000);
    const executor = await createRawExecutor(api, SAME_MODEL);
    // As many tokens as bytes would be $0.08; they are $0.02, and the answer is at most $0.01.
    const request = { taskType: "t", prompt: "x".repeat(40_000), maxTokens: 1000 };
    expect((await endOf(executor.run({ ...request, budget: { hardUsd: 0.04 } }))).text).toBe("x");
    expect((await endOf(executor.run({ ...request, budget: { hardUsd: 0.03 } }))).reason).toBe("budget");
  });

  it("holds against server tools", async () => {
    await serve(({ body }) => {
      const usage = { input_tokens: 30_000, output_tokens: 100, server_tool_use: { web_search_requests: 5 } };
      return { json: message(body.model, "found", { usage }) };
    }, 100);
    const executor = await createRawExecutor(api, SAME_MODEL);
    const request = { taskType: "t", prompt: "p", maxTokens: 500 };
    const end = (tools: { name: string }[], hardUsd: number) =>
      endOf(executor.run({ ...request, tools, budget: { hardUsd } }));
    // Five searches alone are $0.05, and what they find is read as well.
    expect((await end([search({ max_uses: 5 })], 0.06)).reason).toBe("budget");
    const found = await end([search({ max_uses: 5 })], 0.5);
    expect([found.text, found.costUsd]).toEqual(["found", 0.111]);
    const unbounded = await end([search({})], 100);
    expect(unbounded.cause).toContain("the tool web_search has no max_uses");
    // What the caller runs adds nothing that was not sent.
    expect((await end([{ name: "look" }], 0.05)).text).toBe("found");
  });

  it("holds when the answer names another model at another price", async () => {
    await serve(() => ({
      json: message("claude-opus-5-5", "x", { usage: { input_tokens: 10, output_tokens: 1000 } }),
    }));
    const executor = await createRawExecutor(api, SAME_MODEL, { budgets: { day: { hardUsd: 0.05 } } });
    const run = () => endOf(executor.run({ taskType: "t", prompt: "p", maxTokens: 1000 }));
    const ends = [await run(), await run(), await run(), await run()];
    expect(ends.map(({ reason }) => reason)).toEqual([undefined, undefined, "budget", "budget"]);
    expect(ends[0]?.costUsd).toBe(0.02004);
  });

  it("counts what a broken answer may have cost beyond what the API had said", async () => {
    await serve(({ body }) => ({
      events: [...eventsOf(message(body.model, "y".repeat(20_000))).slice(0, 3), "cut"],
    }));
    for (const scope of ["day", "run"] as const) {
      const executor = await createRawExecutor(api, SAME_MODEL, { budgets: { [scope]: { hardUsd: 0.25 } } });
      const run = () => endOf(executor.stream({ taskType: "t", prompt: "p", maxTokens: 10_000 }).result);
      const end = await run();
      // 20,000 bytes are about 10,000 tokens, $0.10: a third attempt could cost more than what is left.
      expect([end.reason, end.trail]).toEqual(["budget", ["sonnet connection", "sonnet connection"]]);
      expect(end.attempts?.map(({ usage }) => usage.output)).toEqual([1, 1]);
      expect((await run()).trail).toHaveLength(scope === "day" ? 0 : 2);
    }
  });

  it("that is no amount is refused before anything is sent", async () => {
    await serve(({ body }) => ({ json: message(body.model, "x") }));
    for (const hardUsd of [Number.NaN, -1, "1" as unknown as number]) {
      await expect(createRawExecutor(api, SAME_MODEL, { budgets: { day: { hardUsd } } })).rejects.toThrow(
        InvalidInputError,
      );
      const executor = await createRawExecutor(api, SAME_MODEL);
      const run = executor.run({ taskType: "t", prompt: "p", budget: { hardUsd } });
      await expect(run).rejects.toThrow("the budget: 1 problem");
    }
    expect(api.requests).toEqual([]);
  });

  it("is counted by what a telemetry that fails did not record", async () => {
    await serve(({ body }) => ({
      json: message(body.model, "x", { usage: { input_tokens: 10, output_tokens: 1000 } }),
    }));
    const telemetry = {
      record: () => {
        throw new Error("full");
      },
      spentSince: () => 0,
    };
    const executor = await createRawExecutor(api, SAME_MODEL, {
      telemetry,
      budgets: { day: { hardUsd: 0.025 } },
    });
    const run = () => endOf(executor.run({ taskType: "t", prompt: "p", maxTokens: 1000 }));
    expect([(await run()).text, (await run()).text, (await run()).reason]).toEqual(["x", "x", "budget"]);
  });
});

describe("usage that is missing", () => {
  it("is read wherever a compatible endpoint puts it", async () => {
    const [usage, other] = [
      { prompt_tokens: 1000, completion_tokens: 200 },
      { input_tokens: 1000, output_tokens: 200 },
    ];
    const choices = [{ finish_reason: "stop", message: { content: "x" }, usage }];
    for (const more of [
      { usage },
      { usage: other },
      { usage: undefined, choices },
      { usage: null, x_groq: { usage } },
    ]) {
      api = await startRawApi(() => ({ json: completion("x", more) }));
      const executor = await createRawExecutor(api, { name: "x", chain: [OTHER] });
      const end = await endOf(executor.run({ taskType: "t", prompt: "p" }));
      expect(end.attempts?.[0]?.estimated).toBeUndefined();
      expect(end.costUsd).toBeCloseTo((1000 * 10 + 200 * 30) / 1e6, 9);
      await api.close();
    }
  });

  it("is estimated from the text, marked, and never $0 or NaN", async () => {
    const usages = [
      undefined,
      null,
      {},
      { input_tokens: 1000 },
      { output_tokens: 700 },
      { input_tokens: 1000, output_tokens: -3 },
      { input_tokens: 1000, output_tokens: 1e30 },
      { input_tokens: 1000, output_tokens: "NaN" },
    ];
    for (const streamed of [false, true])
      for (const usage of usages) {
        const text = "y".repeat(1000);
        await serve(({ body }) => {
          const whole = message(body.model, text, { usage: usage ?? undefined });
          return streamed ? { events: eventsOf(whole, usage ?? undefined) } : { json: whole };
        });
        const log = openAttemptLog(openStore(":memory:"));
        const executor = await createRawExecutor(api, SAME_MODEL, { telemetry: log });
        const request = { taskType: "t", prompt: "p".repeat(1000) };
        const end = await endOf(streamed ? executor.stream(request).result : executor.run(request));
        const { input_tokens: input = 508, output_tokens: output = 500 } = usage ?? {};
        const expected = { input, output: Number(output) > 0 && Number(output) < 1e9 ? Number(output) : 500 };
        expect(end.attempts?.[0]).toMatchObject({ estimated: true, usage: expected });
        expect(end.costUsd).toBe((expected.input * 2 + expected.output * 10) / 1e6);
        expect(log.attempts()[0]?.estimated).toBe(true);
        await api.close();
      }
  });

  it("is not estimated where all of it is there, also as text", async () => {
    await serve(({ body }) => ({
      json: message(body.model, "x", { usage: { input_tokens: "1000", output_tokens: "20" } }),
    }));
    const executor = await createRawExecutor(api, SAME_MODEL);
    const end = await endOf(executor.run({ taskType: "t", prompt: "p" }));
    expect(end.attempts?.[0]?.estimated).toBeUndefined();
    expect(end.costUsd).toBe(0.0022);
  });

  it("of a compatible endpoint's stream keeps a day's budget", async () => {
    await serve(() => ({
      events: [
        chunk({ role: "assistant", content: "y".repeat(40_000) }),
        chunk({}, "stop"),
        { data: "[DONE]" },
      ],
    }));
    const executor = await createRawExecutor(api, OTHER_ONLY, {
      budgets: { day: { hardUsd: 1 } },
      maxTokens: 16_000,
    });
    const ends = [];
    for (let run = 0; run < 5; run++)
      ends.push(await endOf(executor.stream({ taskType: "t", prompt: "p" }).result));
    expect(ends.map(({ reason }) => reason ?? "answered")).toEqual([
      "answered",
      "answered",
      "budget",
      "budget",
      "budget",
    ]);
    expect(ends[0]?.attempts?.[0]).toMatchObject({ estimated: true, usage: { output: 16_000 } });
  });

  it("counts thinking and tool calls that were written", async () => {
    const content = [
      { type: "thinking", thinking: "t".repeat(600), signature: "s" },
      { type: "tool_use", id: "1", name: "n", input: { a: "b".repeat(392) } },
    ];
    await serve(({ body }) => ({
      json: message(body.model, content, { stop_reason: "tool_use", usage: undefined }),
    }));
    const executor = await createRawExecutor(api, SAME_MODEL);
    const end = await endOf(executor.run({ taskType: "t", prompt: "p" }));
    expect(end.attempts?.[0]?.usage.output).toBe(500);
  });

  it("a refusal without usage costs nothing for its output", async () => {
    await serve(({ body }) => ({
      json: message(body.model, [], { stop_reason: "refusal", usage: undefined }),
    }));
    const executor = await createRawExecutor(api, SAME_MODEL);
    expect((await endOf(executor.run({ taskType: "t", prompt: "p" }))).costUsd).toBe(0);
  });
});

const whole = (model: string) => eventsOf(message(model, "the whole answer"));

describe("an answer that is whole", () => {
  const policy = { name: "p", chain: ladder("sonnet", "opus"), tries: 1, retries: 1 };

  it("is taken, and paid for once, however its stream ends", async () => {
    const ends = [
      [],
      ["cut"],
      ["hang"],
      [{ event: "error", data: { error: { type: "overloaded_error" } } }],
    ] as const;
    for (const end of ends) {
      await serve(({ body }) => ({ events: [...whole(body.model).slice(0, -1), ...end] }));
      const executor = await createRawExecutor(api, policy);
      const result = await endOf(executor.stream({ taskType: "t", prompt: "p" }).result);
      expect([result.text, result.costUsd, api.requests.length]).toEqual(["the whole answer", 0.0007, 1]);
      await api.close();
    }
  });

  it("of a compatible endpoint too, with or without the usage that was still to come", async () => {
    for (const end of [[], ["cut"], ["hang"]] as const) {
      await serve(() => ({ events: [chunk({ content: "the whole answer" }), chunk({}, "stop"), ...end] }));
      const executor = await createRawExecutor(api, OTHER_ONLY);
      const result = await endOf(executor.stream({ taskType: "t", prompt: "p" }).result);
      expect([result.text, api.requests.length]).toEqual(["the whole answer", 1]);
      await api.close();
    }
  });

  it("is not taken before its stop reason: that answer was cut", async () => {
    await serve(({ body }) => ({ events: [...whole(body.model).slice(0, -2), "cut"] }));
    const executor = await createRawExecutor(api, policy);
    expect((await endOf(executor.stream({ taskType: "t", prompt: "p" }).result)).trail).toEqual([
      "sonnet connection",
      "sonnet connection",
      "opus connection",
      "opus connection",
    ]);
  });
});

describe("prices", () => {
  it("of the attempts of a run add up to its cost, those of other vendors included", async () => {
    await serve(({ path, body }) =>
      path.includes("chat")
        ? { json: completion("other", { usage: { prompt_tokens: 1000, completion_tokens: 100 } }) }
        : body.model.includes("sonnet")
          ? { json: message(body.model, "bad") }
          : errorReply(529, "overloaded_error"),
    );
    const chain = [...SONNET_TO_OPUS.chain, OTHER] as const;
    const executor = await createRawExecutor(api, { name: "x", chain, retries: 0, tries: 1 });
    const end = await endOf(executor.run({ taskType: "t", prompt: "p", validate: (text) => text !== "bad" }));
    expect(end.trail).toEqual(["sonnet rejected", "opus overloaded", "m accepted"]);
    expect(end.costUsd).toBe(0.0137);
  });
});
