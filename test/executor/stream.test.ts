import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/executor/run.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import { createScriptedExecutor, gather } from "../helpers/scripted-executor.ts";

let api: ScriptedApi;
beforeAll(async () => {
  api = await startScriptedApi();
});
afterAll(() => api.stop());

const isGood = (text: string): boolean => text === "good";

describe("a streamed run", () => {
  const long = "a sentence that is long enough to come in more than one piece, and another one after it. ";

  it("gives the text as it comes, and the whole of it at the end", async () => {
    api.setRules([{ name: "ok", reply: { blocks: [{ text: long }] } }]);
    const { executor } = createScriptedExecutor(api.url);
    const stream = executor.stream({ taskType: "t", prompt: "p" });
    const events = await gather(stream);
    const pieces = events.flatMap((event) => (event.type === "text" ? [event.text] : []));
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join("")).toBe(long);
    expect((await stream.result).text).toBe(long);
    expect(events.at(-1)).toMatchObject({ type: "settled", attempt: { result: "accepted", streamed: true } });
  });

  it("takes back what a broken or rejected attempt had said, before the next one speaks", async () => {
    const gone = { type: "overloaded_error", message: "gone" };
    api.setRules([
      { name: "broken", times: 1, reply: { blocks: [{ text: "half" }], streamError: gone } },
      { name: "bad", times: 1, reply: { blocks: [{ text: "bad" }] } },
      { name: "ok", reply: { blocks: [{ text: "good" }] } },
    ]);
    const { executor } = createScriptedExecutor(api.url);
    const stream = executor.stream({ taskType: "t", prompt: "p", validate: isGood });
    const seen: string[] = [];
    let text = "";
    for await (const event of stream) {
      seen.push(event.type === "text" ? event.text : event.type);
      text = textAfter(text, event);
    }
    expect(seen.join(" ")).toBe(
      "attempt half settled withdrawn attempt bad settled withdrawn attempt good settled",
    );
    expect(text).toBe((await stream.result).text);
  });

  it("begins with the prefill, where the model goes on from one", async () => {
    api.setRules([{ name: "ok", reply: { blocks: [{ text: '"a": 1}' }] } }]);
    const chain = [{ provider: "anthropic", model: "claude-opus-4-5" }] as const;
    const { executor } = createScriptedExecutor(api.url, { policy: { name: "old", chain } });
    const stream = executor.stream({ taskType: "t", prompt: "p", prefill: "{" });
    const events = await gather(stream);
    const text = events.flatMap((event) => (event.type === "text" ? [event.text] : [])).join("");
    expect([text, (await stream.result).text]).toEqual(['{"a": 1}', '{"a": 1}']);
  });

  it("throws in the loop what the run threw, with every attempt", async () => {
    api.setRules([{ name: "no", reply: { status: 401 } }]);
    const { executor } = createScriptedExecutor(api.url);
    const stream = executor.stream({ taskType: "t", prompt: "p" });
    await expect(gather(stream)).rejects.toMatchObject({
      reason: "failed",
      attempts: [{ status: 401 }],
    });
  });

  it("ends when its reader leaves, with what had come on record", async () => {
    api.setRules([{ name: "slow", reply: { blocks: [{ text: long.repeat(50) }], pieceDelayMs: 20 } }]);
    const { executor, log } = createScriptedExecutor(api.url);
    const stream = executor.stream({ taskType: "t", prompt: "p" });
    for await (const event of stream) if (event.type === "text") break;
    await expect(stream.result).rejects.toMatchObject({ reason: "aborted" });
    expect(log.list(0)).toMatchObject([{ result: "aborted", usage: { input: 12 } }]);
  });
});

function textAfter(text: string, event: RunEvent): string {
  if (event.type === "withdrawn") return "";
  return event.type === "text" ? text + event.text : text;
}
