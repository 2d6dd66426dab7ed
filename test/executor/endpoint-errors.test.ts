import { afterEach, describe, expect, it } from "vitest";
import { classify } from "../../src/executor/classify.ts";
import type { SendFault } from "../../src/executor/sender.ts";
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
afterEach(() => api?.close());

const serve = async (answer: (request: RawRequest) => RawReply) => (api = await startRawApi(answer));
const ok = ({ body }: RawRequest): RawReply => ({ json: message(body.model, "fine") });
const isOther = ({ path }: RawRequest): boolean => path.includes("chat/completions");
const SONNET = { provider: "anthropic", model: "sonnet" } as const;
const OPUS = { provider: "anthropic", model: "opus" } as const;

const http = (status: number, code?: string | number, type?: string): SendFault => ({
  kind: "http",
  status,
  ...(code !== undefined && { code: String(code) }),
  ...(type !== undefined && { type }),
});
const stream = (code?: string, type?: string): SendFault => ({
  kind: "stream",
  ...(code && { code }),
  ...(type && { type }),
});
const choice = (finish_reason: unknown, more: object = {}) => ({
  choices: [{ index: 0, finish_reason, message: { role: "assistant", content: "half" }, ...more }],
});

describe("errors of compatible endpoints", () => {
  const rows: [SendFault, string][] = [
    [http(400, "context_length_exceeded"), "context-exceeded"],
    [http(400, "400", "ContextWindowExceededError"), "context-exceeded"],
    [http(400, undefined, "exceed_context_size_error"), "context-exceeded"],
    [http(404, "model_not_found"), "model-not-found"],
    [http(400, "ModelNotFound"), "model-not-found"],
    [http(403, "model-not-found"), "model-not-found"],
    [http(404, "DeploymentNotFound"), "model-not-found"],
    [http(400, "model_not_supported"), "model-not-found"],
    [http(400, "unknown_model"), "model-not-found"],
    [http(400, "invalid_model_id"), "model-not-found"],
    [http(404, 404, "NotFoundError"), "model-not-found"],
    [http(404, "page_not_found"), "not-found"],
    [http(400, 429), "rate-limited"],
    [http(500, "402"), "billing"],
    [http(429, "1302"), "rate-limited"],
    [http(429, "insufficient_quota"), "billing"],
    [http(403, "insufficient_balance"), "billing"],
    [http(400, "invalid_api_key"), "unauthorized"],
    [http(400, "something"), "bad-request"],
    [http(422, 400), "unprocessable"],
    [stream("429"), "rate-limited"],
    [stream("502"), "server"],
    [stream("529"), "overloaded"],
    [stream("rate_limit_exceeded"), "rate-limited"],
    [stream(undefined, "server_error"), "server"],
    [stream("unheard_of"), "server"],
    [stream(undefined, "RESOURCE_EXHAUSTED"), "rate-limited"],
    [http(400, undefined, "ThrottlingException"), "rate-limited"],
    [http(404, "NOT_FOUND"), "model-not-found"],
    [http(413, "rate_limit_exceeded"), "rate-limited"],
    [http(413), "too-large"],
    [http(400, "string_above_max_length"), "context-exceeded"],
    [http(422, "unheard_of"), "unprocessable"],
    [stream(), "connection"],
    [{ kind: "unreadable" }, "server"],
    [{ kind: "unsupported" }, "unsupported"],
  ];
  for (const [fault, failure] of rows)
    it(`${JSON.stringify(fault)}: ${failure}`, () => expect(classify(fault)).toBe(failure));

  it("a context that is too small goes to a larger one, past those that are no larger", async () => {
    await serve((request) => {
      const json = {
        error: { message: "m", type: "invalid_request_error", code: "context_length_exceeded" },
      };
      return request.body.model === "m" ? { status: 400, json } : { json: completion("held") };
    });
    const chain = [
      OTHER,
      { ...OTHER, model: "same" },
      { ...OTHER, model: "large", contextTokens: 1e6 },
    ] as const;
    const executor = await createRawExecutor(api, { name: "x", chain });
    const end = await endOf(executor.run({ taskType: "t", prompt: "p" }));
    expect([end.text, end.attempts?.map(({ model, result, failure }) => [model, result, failure])]).toEqual([
      "held",
      [
        ["m", "overflow", "context-exceeded"],
        ["large", "accepted", undefined],
      ],
    ]);
    const short = await createRawExecutor(api, { name: "x", chain: [OTHER] });
    expect((await endOf(short.run({ taskType: "t", prompt: "p" }))).reason).toBe("overflow");
  });

  it("an answer that is an error, or none, is a failure with the code that it names", async () => {
    const answers: [unknown, string][] = [
      [{ error: { message: "slow down", code: 429 } }, "rate-limited"],
      [{ error: { message: "gone", code: "model_not_found" } }, "model-not-found"],
      [completion("", { choices: [] }), "server"],
      [completion("", { choices: undefined }), "server"],
      [completion("", choice(null)), "server"],
      [completion("", choice(undefined)), "server"],
      [completion("", choice("error")), "server"],
      [completion("", choice("error", { error: { message: "m", code: 502 } })), "server"],
      [completion("", choice("ERROR", { error: { message: "m", code: 429 } })), "rate-limited"],
      [completion("", { choices: [{ finish_reason: "stop" }] }), "server"],
      [completion("", { choices: [null] }), "server"],
      ["<html>", "server"],
      [null, "server"],
      [completion("x", choice("some_new_reason")), "accepted"],
      [completion("x", choice("STOP")), "accepted"],
      [completion("x", choice("MAX_TOKENS")), "truncated"],
      [completion("x", choice("SAFETY")), "refused"],
      [completion("x", choice("content-filter")), "refused"],
      [completion("x", choice("max-tokens")), "truncated"],
      [completion("x", choice(3)), "server"],
    ];
    for (const [json, wanted] of answers) {
      await serve((request) => (isOther(request) ? { json } : ok(request)));
      const executor = await createRawExecutor(api, {
        name: "x",
        chain: [OTHER, SONNET],
        retries: 0,
        tries: 1,
      });
      const end = await endOf(executor.run({ taskType: "t", prompt: "p", maxTokens: 16_000 }));
      expect([json, end.trail[0]]).toEqual([json, `m ${wanted}`]);
      expect(end.text).toBe(wanted === "accepted" ? "half" : "fine");
      await api.close();
    }
  });

  it("in a stream too", async () => {
    const streams: [RawReply["events"], string][] = [
      [[chunk({ content: "half" }), { data: { error: { message: "m", code: 529 } } }], "overloaded"],
      [[chunk({ content: "half" }), chunk({}, "error", {})], "server"],
      [[chunk({ content: "half" }), { data: "[DONE]" }], "connection"],
      [[{ data: "[DONE]" }], "connection"],
      [[chunk({ content: "half" }), chunk({}, ""), chunk({}, "length")], "truncated"],
      [[chunk({ content: "ha" }), chunk({ content: [{ type: "text", text: "lf" }] }, "stop")], "accepted"],
    ];
    for (const [events = [], wanted] of streams) {
      await serve((request) =>
        isOther(request) ? { events } : { events: eventsOf(message("claude-sonnet-5-5", "fine")) },
      );
      const executor = await createRawExecutor(api, {
        name: "x",
        chain: [OTHER, SONNET],
        retries: 0,
        tries: 1,
      });
      const end = await endOf(executor.stream({ taskType: "t", prompt: "p", maxTokens: 16_000 }).result);
      expect(end.trail[0]).toBe(`m ${wanted}`);
      expect(end.text).toBe(wanted === "accepted" ? "half" : "fine");
      await api.close();
    }
  });

  it("a filter of the endpoint that declines the prompt is a refusal: one other model is asked", async () => {
    const json = { error: { code: "content_filter", message: "m", innererror: { code: "Policy" } } };
    await serve((request) => (isOther(request) ? { status: 400, json } : ok(request)));
    const executor = await createRawExecutor(api, { name: "x", chain: [OTHER, SONNET], retries: 0 });
    const end = await endOf(executor.run({ taskType: "t", prompt: "p" }));
    expect([end.trail, end.text]).toEqual([["m refused", "sonnet accepted"], "fine"]);
  });

  it("a gateway of the Messages API that answers 200 with an error is a failure by its name", async () => {
    for (const [type, failure] of [
      ["overloaded_error", "overloaded"],
      ["billing_error", "billing"],
    ]) {
      const json = { type: "error", error: { type, message: "m" } };
      await serve(() => ({ json }));
      const executor = await createRawExecutor(api, { name: "x", chain: [SONNET], retries: 0 });
      for (const run of [
        executor.run({ taskType: "t", prompt: "p" }),
        executor.stream({ taskType: "t", prompt: "p" }).result,
      ])
        expect((await endOf(run)).trail).toEqual([`sonnet ${failure}`]);
      await api.close();
    }
  });

  it("a whole answer that comes where a stream was asked for is taken, not paid for again", async () => {
    await serve((request) => (isOther(request) ? { json: completion("whole") } : ok(request)));
    for (const step of [OTHER, SONNET]) {
      const executor = await createRawExecutor(api, { name: "x", chain: [step] });
      const end = await endOf(executor.stream({ taskType: "t", prompt: "p" }).result);
      expect(end.text).toBe(step === OTHER ? "whole" : "fine");
      expect(end.trail).toHaveLength(1);
    }
  });

  it("what a step cannot take goes past it, to the next that can", async () => {
    await serve((request) =>
      request.body.model.includes("sonnet") ? errorReply(529, "overloaded_error") : ok(request),
    );
    const executor = await createRawExecutor(api, { name: "x", chain: [SONNET, OTHER, OPUS], retries: 0 });
    const tools = [{ name: "look", input_schema: { type: "object" } }];
    const end = await endOf(executor.run({ taskType: "t", prompt: "p", tools }));
    expect(end.trail).toEqual(["sonnet overloaded", "m unsupported", "opus accepted"]);
  });
});
