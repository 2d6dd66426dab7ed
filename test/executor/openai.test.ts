import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createAnthropicSender } from "../../src/executor/anthropic.ts";
import type { ExecutorPolicy } from "../../src/executor/chain.ts";
import { createOpenAiSender } from "../../src/executor/openai.ts";
import { createExecutor } from "../../src/operations/executor.ts";
import { type RouteAnswer, type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import { createScriptedExecutor, failureOf, gather } from "../helpers/scripted-executor.ts";
import { createVirtualClock } from "../helpers/virtual-clock.ts";

const POLICY: ExecutorPolicy<"anthropic" | "openai"> = {
  name: "across",
  chain: [
    { provider: "anthropic", model: "sonnet" },
    {
      provider: "openai",
      model: "o1",
      contextTokens: 200_000,
      maxOutputTokens: 100_000,
      usdPerMillion: { input: 15, output: 60, cacheRead: 7.5 },
    },
  ],
};

const usage = { prompt_tokens: 110, completion_tokens: 50, prompt_tokens_details: { cached_tokens: 10 } };
const completion = (content: string, finish = "stop"): RouteAnswer => ({
  headers: { "x-request-id": "req_o" },
  body: {
    id: "chatcmpl-1",
    object: "chat.completion",
    model: "o1-2024-12-17",
    choices: [{ index: 0, finish_reason: finish, message: { role: "assistant", content } }],
    usage,
  },
});

/** What the endpoint answers, in turn, and what it was asked. */
let answers: RouteAnswer[] = [];
let asked: Record<string, unknown>[] = [];
let api: ScriptedApi;
beforeAll(async () => {
  api = await startScriptedApi({
    rules: [{ name: "down", reply: { status: 529, error: { type: "overloaded_error", message: "busy" } } }],
    route(_method, path, body) {
      if (path !== "/v1/chat/completions") return undefined;
      asked.push(JSON.parse(body) as Record<string, unknown>);
      return answers.shift();
    },
  });
});
afterAll(() => api.stop());

async function createAcross() {
  const clock = createVirtualClock();
  const executor = createExecutor({
    policy: POLICY,
    sender: [
      createAnthropicSender({ apiKey: "made-up", baseUrl: api.url }),
      await createOpenAiSender({ apiKey: "made-up", baseUrl: `${api.url}/v1` }),
    ],
    retry: { retries: 1 },
    clock,
    random: () => 0,
  });
  asked = [];
  return executor;
}

const error = (code: string): RouteAnswer => ({
  status: 429,
  body: { error: { code, type: code, message: "m" } },
});
const chunks = (...events: object[]): RouteAnswer => ({
  headers: { "content-type": "text/event-stream" },
  body: [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), "data: [DONE]\n\n"].join(""),
});
const chunk = (delta: object, finish: string | null = null): object => ({
  id: "chatcmpl-2",
  object: "chat.completion.chunk",
  model: "o1-2024-12-17",
  choices: [{ index: 0, delta, finish_reason: finish }],
});

describe("a step of another provider", () => {
  it("answers where Claude is not there, and is counted at its own price", async () => {
    const executor = await createAcross();
    answers = [completion("from elsewhere")];
    const result = await executor.run({ taskType: "t", prompt: "p", system: "s", temperature: 0 });
    expect(result).toMatchObject({ text: "from elsewhere", provider: "openai", model: "o1-2024-12-17" });
    expect(result.fallbackChain).toMatchObject([{ to: "openai/o1", cause: "fallback", why: "overloaded" }]);
    // 100 fresh tokens at $15, 10 cached at $7.50, 50 of answer at $60 per million.
    expect(result.costUsd).toBe(0.004575);
    expect(asked).toEqual([
      {
        model: "o1",
        max_completion_tokens: 8192,
        stream: false,
        messages: [
          { role: "system", content: "s" },
          { role: "user", content: "p" },
        ],
      },
    ]);
  });

  it("streams with the same guarantees", async () => {
    const executor = await createAcross();
    answers = [
      chunks(chunk({ content: "Hel" }), chunk({ content: "lo" }, "stop"), {
        ...chunk({}),
        choices: [],
        usage,
      }),
    ];
    const stream = executor.stream({ taskType: "t", prompt: "p" });
    const events = await gather(stream);
    expect(events.flatMap((event) => (event.type === "text" && event.text ? [event.text] : []))).toEqual([
      "Hel",
      "lo",
    ]);
    expect(await stream.result).toMatchObject({ text: "Hello", costUsd: 0.004575 });
  });

  it("a stream that ends without saying why was cut", async () => {
    const executor = await createAcross();
    answers = [chunks(chunk({ content: "Hel" })), chunks(chunk({ content: "whole" }, "stop"))];
    const { attempts, text } = await executor.stream({ taskType: "t", prompt: "p" }).result;
    expect(attempts.slice(-2).map(({ failure, result }) => failure ?? result)).toEqual([
      "connection",
      "accepted",
    ]);
    expect(text).toBe("whole");
  });

  it("is classed by status and code: a rate limit is waited for, a quota that is used up is not", async () => {
    const executor = await createAcross();
    answers = [error("rate_limit_exceeded"), error("insufficient_quota")];
    const failure = await failureOf(executor.run({ taskType: "t", prompt: "p" }));
    expect(failure.attempts.slice(-2).map((attempt) => attempt.failure)).toEqual(["rate-limited", "billing"]);
  });

  it("takes text only, and says so instead of dropping the rest", async () => {
    const executor = await createAcross();
    const tools = [{ name: "search", input_schema: { type: "object" } }];
    const failure = await failureOf(executor.run({ taskType: "t", prompt: "p", tools }));
    expect(failure.attempts.at(-1)).toMatchObject({
      failure: "unsupported",
      reason: "tools do not cross providers",
    });
    expect(asked).toEqual([]);
  });

  it("a refusal and a cut answer are told apart from good ones", async () => {
    const executor = await createAcross();
    answers = [completion("", "content_filter")];
    expect((await failureOf(executor.run({ taskType: "t", prompt: "p" }))).reason).toBe("refused");
    answers = [completion("half", "length"), completion("half", "length")];
    expect((await failureOf(executor.run({ taskType: "t", prompt: "p", maxTokens: 30_000 }))).reason).toBe(
      "truncated",
    );
  });

  it("without a sender of its own does not start", () => {
    const policy = POLICY as unknown as ExecutorPolicy;
    expect(() => createScriptedExecutor(api.url, { policy })).toThrow("1 problem");
  });
});
