import Anthropic, { APIConnectionError, APIError } from "@anthropic-ai/sdk";
import { afterEach, expect, it } from "vitest";
import { type ScriptedApi, startScriptedApi } from "./scripted-api.ts";
import type { Reply, Rule } from "./scripted-rules.ts";

const QUESTION = {
  model: "claude-haiku-5-5",
  max_tokens: 100,
  messages: [{ role: "user" as const, content: "How many?" }],
};

let api: ScriptedApi | undefined;
afterEach(async () => await api?.stop());

async function clientFor(...rules: readonly Rule[]): Promise<Anthropic> {
  api = await startScriptedApi({ rules, models: ["claude-haiku-5-5"] });
  return new Anthropic({ baseURL: api.url, apiKey: "made-up", maxRetries: 0 });
}

const always = (reply: Reply | readonly Reply[]): Rule => ({ name: "always", reply });

it("the SDK reads the same message streamed and plain, with the scripted usage", async () => {
  const client = await clientFor(
    always({
      blocks: [{ thinking: "Hm." }, { text: "Three." }, { tool: "count", input: { of: "sheep" } }],
      usage: { input_tokens: 7, output_tokens: 31, cache_read_input_tokens: 5 },
    }),
  );
  const plain = await client.messages.create(QUESTION);
  const streamed = await client.messages.stream(QUESTION).finalMessage();

  for (const message of [plain, streamed]) {
    expect(message.content.map(({ type }) => type)).toEqual(["thinking", "text", "tool_use"]);
    expect(message).toMatchObject({ stop_reason: "tool_use", model: QUESTION.model });
    expect(message.usage).toMatchObject({ input_tokens: 7, output_tokens: 31, cache_read_input_tokens: 5 });
    expect(message.content[2]).toMatchObject({ name: "count", input: { of: "sheep" } });
  }
  expect(api?.requests.map(({ answered }) => [answered.message?.id, answered.finished])).toEqual([
    [plain.id, true],
    [streamed.id, true],
  ]);
});

it("an error comes with its status, type and headers", async () => {
  const client = await clientFor(
    always({
      status: 529,
      error: { type: "overloaded_error", message: "Overloaded" },
      headers: { "retry-after": "3" },
    }),
  );
  const error = await client.messages.create(QUESTION).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(APIError);
  expect(error).toMatchObject({ status: 529, error: { error: { type: "overloaded_error" } } });
  expect((error as APIError).headers?.get("retry-after")).toBe("3");
});

it("a stream can end in an error or in a dropped connection, after what was already said", async () => {
  const blocks = [{ text: "One." }, { text: "Two." }];
  const client = await clientFor(
    always([
      { blocks, streamError: { type: "overloaded_error", message: "Overloaded" }, afterBlocks: 1 },
      { blocks, streamCut: true },
    ]),
  );
  for (const said of ["One.", "One.Two."]) {
    let heard = "";
    const stream = client.messages.stream(QUESTION).on("text", (text) => (heard += text));
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Error);
    expect(heard).toBe(said);
  }
  expect(api?.requests.map(({ answered }) => answered.finished)).toEqual([false, false]);
});

it("a connection can be cut before any answer", async () => {
  const client = await clientFor(always({ cut: true }));
  await expect(client.messages.create(QUESTION)).rejects.toBeInstanceOf(APIConnectionError);
  expect(api?.requests[0]?.answered).toEqual({ status: 0, finished: false });
});

it("a refusal is an answer of status 200", async () => {
  const client = await clientFor(always({ blocks: [], stopReason: "refusal" }));
  expect(await client.messages.create(QUESTION)).toMatchObject({ content: [], stop_reason: "refusal" });
});

it("the first rule that holds and has times left answers, and the log says which", async () => {
  const client = await clientFor(
    { name: "other model", when: { model: "opus" }, reply: {} },
    { name: "once", when: { model: /^claude-haiku/, prompt: "how many" }, times: 1, reply: {} },
    { name: "made", reply: (asked, use) => ({ blocks: [{ text: `${asked.prompt} ${use}` }] }) },
  );
  const texts: string[] = [];
  for (let i = 0; i < 3; i++) {
    const { content } = await client.messages.create(QUESTION);
    texts.push(content[0]?.type === "text" ? content[0].text : "");
  }
  expect(texts).toEqual(["Done.", "How many? 0", "How many? 1"]);
  expect(api?.requests.map(({ rule, kind }) => [rule, kind])).toEqual([
    ["once", "side"],
    ["made", "side"],
    ["made", "side"],
  ]);
});

it("the rest of the API is there as far as clients ask for it, and other paths can be routed", async () => {
  api = await startScriptedApi({
    models: ["claude-haiku-5-5"],
    route: (method, path) => (path === "/v1/chat/completions" ? { body: { method } } : undefined),
  });
  const client = new Anthropic({ baseURL: api.url, apiKey: "made-up", maxRetries: 0 });
  const { model, messages } = QUESTION;
  expect((await client.messages.countTokens({ model, messages })).input_tokens).toBeGreaterThan(0);
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(["claude-haiku-5-5"]);
  const routed = await fetch(`${api.url}/v1/chat/completions`, { method: "POST", body: "{}" });
  expect(await routed.json()).toEqual({ method: "POST" });
  expect(api.others).toEqual(["POST /v1/messages/count_tokens", "GET /v1/models"]);
});
