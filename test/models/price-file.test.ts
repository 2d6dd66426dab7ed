import { describe, expect, it } from "vitest";
import { CATALOGUE } from "../../src/models/catalogue.ts";
import { parsePriceFile } from "../../src/models/price-file.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { problemsOf } from "../helpers/problems.ts";

const tableWith = (text: string) => createModelTable([...CATALOGUE, ...parsePriceFile(text, "prices.yaml")]);

const problemsIn = (text: string) => problemsOf(() => parsePriceFile(text, "prices.yaml"));

describe("a price file", () => {
  it("overrides a model of the catalogue in any spelling; cache prices follow the input price", () => {
    const table = tableWith(
      "models:\n  opus-discounted:\n    like: claude-opus-5-5\n    input: 2\n    output: 10\n",
    );
    expect(table.find("opus-discounted")?.rates).toEqual({
      input: 2,
      output: 10,
      cacheWrite5m: 2.5,
      cacheWrite1h: 4,
      cacheRead: 0.1,
    });
    const own = tableWith("models:\n  claude-sonnet-5-5: {input: 1.5, cacheRead: 0.01}\n").find(
      "claude-sonnet-5-5",
    );
    expect(own?.rates).toEqual({
      input: 1.5,
      output: 10,
      cacheWrite5m: 1.875,
      cacheWrite1h: 3,
      cacheRead: 0.01,
    });
    expect(own?.earlier).toBeUndefined();
    expect(own?.family).toBe("sonnet");
  });

  it("adds a model that the catalogue does not have, under all its names", () => {
    const table = tableWith(
      "models:\n  glm-6:\n    family: haiku\n    input: 0.5\n    output: 2\n    aliases: [z-ai/glm-6]\n",
    );
    expect(table.find("z-ai/glm-6")).toBe(table.find("glm-6"));
    expect(table.find("glm-6")?.rates).toMatchObject({
      input: 0.5,
      output: 2,
      cacheWrite5m: 0.625,
      cacheRead: 0.05,
    });
  });

  it("may be empty", () => {
    expect(parsePriceFile("", "prices.yaml")).toEqual([]);
    expect(parsePriceFile("# nothing yet\nmodels: {}\n", "prices.yaml")).toEqual([]);
  });

  it("keeps the long-prompt tier, and takes one of its own", () => {
    const table = tableWith(
      "models:\n  claude-haiku-5-5: {input: 0.2}\n  big: {like: claude-haiku-5-5, longPrompt: {above: 50000, input: 1, output: 4}}\n",
    );
    expect(table.find("claude-haiku-5-5")?.longPrompt?.above).toBe(100_000);
    expect(table.find("big")?.longPrompt).toMatchObject({ above: 50_000, rates: { input: 1, output: 4 } });
  });

  it("is refused with the line and key of everything that is wrong in it", () => {
    const problems = problemsIn(`models:
  claude-opus-5-5:
    input: cheap
    outputs: 3
  nobody-knows:
    input: 1
    output: -2
  twin: { like: claude-opus-9 }
  far: { family: gpt, input: 1, output: 2, longPrompt: { above: many } }
model: {}
`);
    expect(problems).toEqual([
      { path: "prices.yaml", line: 10, key: "model", message: "unknown key", expected: "models" },
      expect.objectContaining({ line: 4, key: "models.claude-opus-5-5.outputs", message: "unknown key" }),
      expect.objectContaining({ line: 3, key: "models.claude-opus-5-5.input", found: '"cheap"' }),
      expect.objectContaining({
        line: 6,
        key: "models.nobody-knows",
        expected: expect.stringContaining("family"),
      }),
      expect.objectContaining({ line: 7, key: "models.nobody-knows.output", found: "-2" }),
      expect.objectContaining({ line: 8, key: "models.twin.like", found: '"claude-opus-9"' }),
      expect.objectContaining({ line: 9, key: "models.far.family", found: '"gpt"' }),
      expect.objectContaining({ line: 9, key: "models.far.longPrompt.above", found: '"many"' }),
    ]);
  });

  it.each([
    ["models: [1, 2]"],
    ["just text"],
    ["models:\n  a: 5"],
    ["models:\n  a:"],
    ["models: {"],
    ["a: &x [*x]"],
  ])("of another shape is refused: %s", (text) => expect(problemsIn(text).length).toBeGreaterThan(0));
});
