import { describe, expect, it } from "vitest";
import type { ExecutorModel } from "../../src/executor/catalogue.ts";
import { cacheBreakEven, shapeRequest, type Wish } from "../../src/executor/shape.ts";
import { createCatalogue } from "../../src/operations/executor.ts";

const catalogue = createCatalogue();
function facts(id: string): ExecutorModel {
  const found = catalogue.find(id);
  if (!found) throw new Error(`no ${id}`);
  return found;
}
const shaped = (id: string, wish: Partial<Wish>, maxTokens = 8000) =>
  shapeRequest({ messages: [{ role: "user", content: "p" }], ...wish }, facts(id), maxTokens);

describe("thinking, in the form that the model takes", () => {
  const rows: [model: string, on: unknown, off: unknown][] = [
    ["claude-fable-5-2", { type: "adaptive" }, undefined],
    ["claude-opus-5-5", { type: "adaptive" }, undefined],
    ["claude-sonnet-5-5", { type: "adaptive" }, { type: "between_tools" }],
    ["claude-haiku-5-5", { type: "adaptive" }, { type: "disabled" }],
    ["claude-opus-5", { type: "adaptive" }, { type: "disabled" }],
    ["claude-opus-4-6", { type: "adaptive" }, { type: "disabled" }],
    ["claude-opus-4-5", { type: "enabled", budget_tokens: 3200 }, undefined],
    ["claude-3-5-haiku-20241022", undefined, undefined],
  ];
  for (const [model, on, off] of rows)
    it(`of ${model}`, () => {
      expect(shaped(model, { thinking: "on" }).request.thinking).toEqual(on);
      expect(shaped(model, { thinking: "off" }).request.thinking).toEqual(off);
      expect(shaped(model, {}).request.thinking).toBeUndefined();
    });

  it("Opus 5 cannot be stopped from thinking above effort high", () => {
    expect(shaped("claude-opus-5", { thinking: "off", effort: "max" }).request.thinking).toBeUndefined();
    expect(shaped("claude-opus-5", { thinking: "off", effort: "high" }).request.thinking).toEqual({
      type: "disabled",
    });
  });

  it("is left out where a tool is forced, and where there is no room for it", () => {
    expect(
      shaped("claude-opus-5-5", { thinking: "on", toolChoice: { type: "any" } }).request.thinking,
    ).toBeUndefined();
    expect(shaped("claude-opus-4-5", { thinking: "on" }, 1000).request.thinking).toBeUndefined();
  });
});

describe("effort, sampling and prefill", () => {
  it("an effort that the model does not know becomes the next lower one, and that is said", () => {
    expect(shaped("claude-opus-4-6", { effort: "xhigh" })).toMatchObject({
      request: { effort: "high" },
      adjustments: ["effort high (claude-opus-4-6)"],
    });
    expect(shaped("claude-haiku-4-5", { effort: "high" })).toMatchObject({
      adjustments: [expect.stringContaining("no effort")],
    });
  });

  it("a temperature goes only to models that take one, and never beside thinking", () => {
    expect(shaped("claude-sonnet-4-5", { temperature: 0 }).request.temperature).toBe(0);
    expect(shaped("claude-sonnet-5-5", { temperature: 0 }).request.temperature).toBeUndefined();
    expect(
      shaped("claude-sonnet-4-5", { temperature: 0, thinking: "on" }).request.temperature,
    ).toBeUndefined();
  });

  it("a prefill is the last message where the model goes on from it, and is dropped elsewhere", () => {
    const old = shaped("claude-sonnet-4-5", { prefill: "{" });
    expect([old.request.messages.at(-1), old.prefill]).toEqual([{ role: "assistant", content: "{" }, "{"]);
    const current = shaped("claude-sonnet-5-5", { prefill: "{" });
    expect([current.request.messages.length, current.prefill]).toEqual([1, ""]);
  });

  it("an answer gets no more room than the model has", () =>
    expect(shaped("claude-3-haiku-20240307", {}, 100_000).request.maxTokens).toBe(4096));
});

describe("the prompt cache", () => {
  it("pays from the second use on at five minutes, and from the third at an hour", () => {
    expect(cacheBreakEven(facts("claude-sonnet-5-5"), "5m")).toBe(2);
    expect(cacheBreakEven(facts("claude-sonnet-5-5"), "1h")).toBe(3);
    expect(cacheBreakEven(facts("claude-3-opus-20240229"), "5m")).toBe(2);
  });

  it("is asked for at the end of system prompt and context, where it pays", () => {
    const wish = { system: "s", context: ["a", "b"] };
    const marks = (expectedUses: number) =>
      shaped("claude-sonnet-5-5", { ...wish, cache: { expectedUses } }).request.system.map(
        ({ cache }) => cache,
      );
    expect(marks(1)).toEqual([undefined, undefined, undefined]);
    expect(marks(2)).toEqual(["5m", undefined, "5m"]);
  });
});
