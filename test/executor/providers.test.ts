import { afterEach, describe, expect, it } from "vitest";
import { ARCHITECT_EDITOR, ladder, SAME_MODEL } from "../../src/executor/chain.ts";
import {
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

const serve = async (answer: (request: RawRequest) => RawReply, count?: number) =>
  (api = await startRawApi(answer, count));
const ok = ({ body }: RawRequest, text = "fine"): RawReply => ({ json: message(body.model, text) });
const isOther = ({ path }: RawRequest): boolean => path.includes("chat/completions");
const SONNET = { provider: "anthropic", model: "sonnet" } as const;
const OPUS = { provider: "anthropic", model: "opus" } as const;
const UP = { name: "up", chain: ladder("sonnet", "opus"), tries: 1, retries: 0 };

const signed = (signature: string) => ({ type: "thinking", thinking: "hm", signature });
const typesOf = ({ body }: RawRequest, index = 1): string[] =>
  ((body.messages[index]?.content ?? []) as { type: string }[]).map(({ type }) => type);

describe("thinking that another model signed", () => {
  const tools = [{ name: "look", input_schema: { type: "object" } }];
  const call = { type: "tool_use", id: "toolu_1", name: "look", input: {} };
  const result = { type: "tool_result", tool_use_id: "toolu_1", content: "ok" };
  const conversation = (...thinking: object[]) =>
    [
      { role: "user", content: "Fix it" },
      { role: "assistant", content: [...thinking, call] },
      { role: "user", content: [result] },
    ] as never;

  it("is left out on a switch, with a note; tool calls and results stay", async () => {
    await serve((request) =>
      request.body.model.includes("sonnet") ? errorReply(529, "overloaded_error") : ok(request),
    );
    const executor = await createRawExecutor(api, UP);
    const messages = conversation(signed("s"), { type: "redacted_thinking", data: "d" });
    const end = await endOf(executor.run({ taskType: "t", thinking: "on", tools, messages }));
    expect(api.requests.map((request) => typesOf(request))).toEqual([
      ["thinking", "redacted_thinking", "tool_use"],
      ["tool_use"],
    ]);
    expect(end.notes).toEqual(["thinking that another model signed was left out (claude-opus-5-5)"]);
  });

  it("is known by its signature if this executor saw it written, whichever model is asked first", async () => {
    await serve((request) => {
      const { body } = request;
      if (body.messages.length > 1) return ok(request);
      return body.model.includes("sonnet")
        ? errorReply(529, "overloaded_error")
        : { json: message(body.model, [signed("of Opus"), call], { stop_reason: "tool_use" }) };
    });
    const executor = await createRawExecutor(api, UP);
    const first = await executor.run({ taskType: "t", prompt: "Fix it", tools, thinking: "on" });
    const { content } = first.message as { content: object[] };
    const messages = conversation(...content.slice(0, 1), signed("of nobody known"));
    await executor.run({ taskType: "t", messages, tools, thinking: "on" });
    await executor.run({ taskType: "t", messages, tools, thinking: "on" });
    expect(api.requests.slice(-1).map((request) => typesOf(request))).toEqual([["thinking", "tool_use"]]);
  });

  it("a message of nothing else is left out as a whole", async () => {
    await serve((request) =>
      request.body.model.includes("sonnet") ? errorReply(529, "overloaded_error") : ok(request),
    );
    const executor = await createRawExecutor(api, UP);
    const messages = [
      { role: "user", content: "a" },
      { role: "assistant", content: [signed("s")] },
      { role: "user", content: "b" },
    ] as const;
    await executor.run({ taskType: "t", messages });
    expect(api.requests[1]?.body.messages).toEqual([messages[0], messages[2]]);
  });

  it("a model with a thinking budget does not think on while a call is open that it did not think about", async () => {
    await serve((request) =>
      request.body.model.includes("haiku") ? errorReply(529, "overloaded_error") : ok(request),
    );
    const chain = [
      { provider: "anthropic", model: "claude-haiku-4-5" },
      { provider: "anthropic", model: "claude-opus-4-5" },
    ] as const;
    const executor = await createRawExecutor(api, { ...UP, chain });
    const end = await endOf(
      executor.run({ taskType: "t", thinking: "on", tools, messages: conversation(signed("s")) }),
    );
    expect(api.requests.map(({ body }) => body["thinking"] !== undefined)).toEqual([true, false]);
    expect(end.notes).toContain("no thinking (claude-opus-4-5-20251101)");
  });

  it("does not reach another provider either", async () => {
    await serve((request) =>
      isOther(request) ? { json: completion("other") } : errorReply(529, "overloaded_error"),
    );
    const executor = await createRawExecutor(api, { ...UP, chain: [SONNET, OTHER] });
    const messages = [
      { role: "user", content: "a" },
      { role: "assistant", content: [signed("s"), { type: "text", text: "b" }] },
      { role: "user", content: "c" },
    ] as const;
    expect((await endOf(executor.run({ taskType: "t", messages }))).text).toBe("other");
    expect(api.requests.at(-1)?.body.messages[1]).toEqual({ role: "assistant", content: "b" });
  });
});

describe("an account or an address that does not work", () => {
  const chain = [SONNET, OPUS, OTHER] as const;
  const faults: [number, string][] = [
    [401, "authentication_error"],
    [402, "billing_error"],
    [403, "permission_error"],
    [404, "something_else"],
  ];
  for (const [status, type] of faults)
    it(`${status} ends its provider, and not a chain that has another one`, async () => {
      await serve((request) => (isOther(request) ? { json: completion("other") } : errorReply(status, type)));
      const executor = await createRawExecutor(api, { name: "x", chain });
      const end = await endOf(executor.run({ taskType: "t", prompt: "p" }));
      expect([end.text, end.trail.length, api.requests.length]).toEqual(["other", 2, 2]);
      expect(end.fallbackChain).toMatchObject([{ from: "anthropic/claude-sonnet-5-5", to: "openai/m" }]);
    });

  it("a 400 about missing credit ends its provider as well", async () => {
    const text = "Your credit balance is too low to access the Anthropic API.";
    await serve((request) =>
      isOther(request) ? { json: completion("other") } : errorReply(400, "invalid_request_error", {}, text),
    );
    const executor = await createRawExecutor(api, { name: "x", chain });
    const end = await endOf(executor.run({ taskType: "t", prompt: "p" }));
    expect([end.text, end.trail, api.requests.length]).toEqual([
      "other",
      ["sonnet billing", "m accepted"],
      2,
    ]);
  });

  it("is not tried again later in the chain, nor by the editor", async () => {
    await serve((request) =>
      isOther(request) ? { json: completion("", { choices: [] }) } : errorReply(401, "authentication_error"),
    );
    const executor = await createRawExecutor(api, { name: "x", chain: [SONNET, OTHER, OPUS], retries: 0 });
    const end = await endOf(executor.run({ taskType: "t", prompt: "p" }));
    expect([end.reason, end.trail]).toEqual(["failed", ["sonnet unauthorized", "m server"]]);
    await api.close();

    await serve((request) =>
      isOther(request) ? { json: completion("reasoned") } : errorReply(401, "authentication_error"),
    );
    const editor = [SONNET, OPUS] as const;
    const pair = await createRawExecutor(api, { name: "x", architect: [OPUS, OTHER], editor });
    const second = await endOf(pair.run({ taskType: "t", prompt: "p" }));
    expect([second.reason, second.trail]).toEqual(["failed", ["opus unauthorized", "m handedOver"]]);
    expect(second.cause).toContain("no provider of these steps can be used");
  });

  it("that used up its quota is one of them, whatever its status", async () => {
    await serve((request) => {
      const json = { error: { message: "m", type: "insufficient_quota", code: "insufficient_quota" } };
      return isOther(request) ? { status: 429, json } : ok(request);
    });
    const executor = await createRawExecutor(api, { name: "x", chain: [OTHER, SONNET] });
    expect((await endOf(executor.run({ taskType: "t", prompt: "p" }))).trail).toEqual([
      "m billing",
      "sonnet accepted",
    ]);
  });
});

const event = (type: string, fields: object) => ({ event: type, data: { type, ...fields } });

/** Runs a request whose answers have a stop reason and pass no check. */
async function endWith(written: unknown, stream: boolean) {
  await serve(({ body }) => {
    const json = message(body.model, "half an ans", { stop_reason: written });
    return stream ? { events: eventsOf(json) } : { json };
  });
  const executor = await createRawExecutor(api, { ...UP, chain: [SONNET] });
  const request = { taskType: "t", prompt: "p", validate: (text: string) => text.includes("DONE") };
  const end = await endOf(stream ? executor.stream(request).result : executor.run(request));
  await api.close();
  return end;
}

describe("stop reasons of the Messages API", () => {
  it("that nobody knows are the end: the checks run", async () => {
    for (const written of ["some_new_reason", "", 5])
      for (const stream of [false, true]) expect((await endWith(written, stream)).reason).toBe("rejected");
  });

  it("of gateways count in their spelling, and an error is a failure", async () => {
    for (const stream of [false, true]) {
      const trails = [];
      for (const written of ["length", "MAX_TOKENS", "content_filter", "error"])
        trails.push((await endWith(written, stream)).trail[0]);
      expect(trails).toEqual(["sonnet truncated", "sonnet truncated", "sonnet refused", "sonnet server"]);
    }
  });

  it("an answer that is no message of the API is a failure, and goes on", async () => {
    for (const reply of [{ text: "<html>sign in</html>" }, { json: {} }, { json: { content: "text" } }]) {
      await serve((request) => (request.body.model.includes("sonnet") ? reply : ok(request)));
      const executor = await createRawExecutor(api, UP);
      expect((await endOf(executor.run({ taskType: "t", prompt: "p" }))).text).toBe("fine");
      await api.close();
    }
  });

  it("events that nobody knows are passed over, and broken input of a tool is kept as text", async () => {
    await serve(({ body }) => {
      const [start, , , , ...end] = eventsOf(message(body.model, "", { stop_reason: "tool_use" }));
      const tool = { type: "tool_use", id: "1", name: "n", input: {} };
      return {
        events: [
          start as object as { data: unknown },
          event("some_new_event", { x: 1 }),
          event("content_block_start", { index: 7, content_block: tool }),
          event("content_block_delta", { index: 7, delta: { type: "some_new_delta" } }),
          event("content_block_delta", {
            index: 7,
            delta: { type: "input_json_delta", partial_json: '{"a":' },
          }),
          event("content_block_stop", { index: 7 }),
          event("content_block_start", { index: 1_000_000, content_block: { type: "text", text: "" } }),
          event("content_block_delta", { index: 1_000_000, delta: { type: "text_delta", text: "hi" } }),
          ...end,
        ],
      };
    });
    const executor = await createRawExecutor(api, UP);
    const { text, message: whole } = await executor.stream({ taskType: "t", prompt: "p" }).result;
    expect([text, (whole as { content: unknown }).content]).toEqual([
      "hi",
      [
        { type: "tool_use", id: "1", name: "n", input: '{"a":' },
        { type: "text", text: "hi" },
      ],
    ]);
  });
});

describe("an architect that says nothing", () => {
  it("is a failure: no editor is paid to write from nothing", async () => {
    const silent = [{ type: "thinking", thinking: "..", signature: "s" }];
    await serve(({ body }) => ({
      json: message(body.model, body.model.includes("opus") ? silent : "written"),
    }));
    const executor = await createRawExecutor(api, ARCHITECT_EDITOR);
    const end = await endOf(executor.run({ taskType: "t", prompt: "p" }));
    expect([end.reason, end.trail]).toEqual(["rejected", ["opus rejected", "opus rejected"]]);
    expect(end.cause).toContain("the architect wrote no text");
  });

  it("may say it at the second try, or on the next step", async () => {
    let asked = 0;
    await serve(({ body }) => {
      const text = body.model.includes("opus") ? (asked++ === 0 ? " \n" : "reasoned") : "written";
      return { json: message(body.model, text) };
    });
    const executor = await createRawExecutor(api, ARCHITECT_EDITOR);
    expect((await endOf(executor.run({ taskType: "t", prompt: "p" }))).trail).toEqual([
      "opus rejected",
      "opus handedOver",
      "sonnet accepted",
    ]);
  });
});

const delays = async (headers: Record<string, string>, status = 429): Promise<number[]> => {
  await serve(() => errorReply(status, "rate_limit_error", headers));
  const executor = await createRawExecutor(api, SAME_MODEL, {
    retry: { retries: 2, baseDelayMs: 100, maxDelayMs: 200 },
    random: () => 0.5,
  });
  const { attempts = [] } = await endOf(executor.run({ taskType: "t", prompt: "p" }));
  return attempts.map(({ delayMs }) => delayMs);
};

describe("what a server says about trying again", () => {
  const rows: [Record<string, string>, number[]][] = [
    [{ "retry-after": "-1" }, [0, 50, 100]],
    [{ "retry-after-ms": "-5" }, [0, 50, 100]],
    [{ "retry-after": new Date(Date.now() - 3_600_000).toUTCString() }, [0, 50, 100]],
    [{ "retry-after": "soon" }, [0, 50, 100]],
    [{ "retry-after": "" }, [0, 50, 100]],
    [{ "retry-after": "0x10" }, [0, 50, 100]],
    [{ "retry-after": "1e400" }, [0, 50, 100]],
    [{ "retry-after": "Infinity" }, [0, 50, 100]],
    [{ "retry-after-ms": "NaN" }, [0, 50, 100]],
    [{ "retry-after": "0" }, [0, 0, 0]],
    [{ "retry-after": " 0.02 " }, [0, 20, 20]],
    [{ "retry-after-ms": "30", "retry-after": "9" }, [0, 30, 30]],
    [{ "retry-after": "86400" }, [0]],
    [{ "x-should-retry": "false" }, [0]],
    [{ "x-should-retry": "true" }, [0, 50, 100]],
    [{ "x-should-retry": "maybe" }, [0, 50, 100]],
  ];
  for (const [headers, expected] of rows)
    it(`${JSON.stringify(headers)}: waits ${expected.join(", ")}`, async () =>
      expect(await delays(headers)).toEqual(expected));

  it("x-should-retry decides about errors that are otherwise final, and leads to the next model if it says no", async () => {
    expect(await delays({ "x-should-retry": "true" }, 400)).toEqual([0, 50, 100]);
    await api.close();
    await serve((request) =>
      request.body.model.includes("sonnet")
        ? errorReply(503, "api_error", { "x-should-retry": "false" })
        : ok(request),
    );
    const executor = await createRawExecutor(api, { ...UP, retries: 3 });
    expect((await endOf(executor.run({ taskType: "t", prompt: "p" }))).trail).toEqual([
      "sonnet server",
      "opus accepted",
    ]);
  });
});

describe("more room after a truncation", () => {
  it("is no more than the context holds beside the prompt", async () => {
    await serve(
      ({ body }) => ({ json: message(body.model, "half", { stop_reason: "max_tokens" }) }),
      190_000,
    );
    const chain = [{ provider: "anthropic", model: "claude-haiku-4-5" }] as const;
    const executor = await createRawExecutor(api, { ...UP, chain });
    await endOf(executor.run({ taskType: "t", prompt: "x".repeat(400_000), maxTokens: 4000 }));
    expect(api.requests.map(({ body }) => body["max_tokens"])).toEqual([4000, 10_000]);
  });
});
