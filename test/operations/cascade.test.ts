import { describe, expect, it } from "vitest";
import { InvalidInputError } from "../../src/errors.ts";
import { parseLadder } from "../../src/operations/cascade.ts";
import { createCatalogue } from "../../src/operations/executor.ts";

const parse = (text: string) => parseLadder(text, createCatalogue());

describe("a ladder", () => {
  it("is made of tiers and exact ids, with effort where wanted", () => {
    expect(parse("haiku, sonnet:high,claude-opus-4-6")).toEqual([
      { model: "haiku" },
      { model: "sonnet", effort: "high" },
      { model: "claude-opus-4-6" },
    ]);
  });

  it.each([
    ["haiku,sonet", "not a known model"],
    ["sonnet:hihg", "not an effort of sonnet"],
    ["opus,haiku", "a cascade never goes down"],
    ["", "not a known model"],
  ])("“%s” is refused: %s", (text, message) => {
    expect(problemsOf(text)).toEqual([message]);
  });
});

function problemsOf(text: string): string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    return error instanceof InvalidInputError ? error.problems.map(({ message }) => message) : [];
  }
}
