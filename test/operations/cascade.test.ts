import { describe, expect, it } from "vitest";
import type { Policy } from "../../src/domain/policy.ts";
import { InvalidInputError } from "../../src/errors.ts";
import { defaultLadder, parseLadder } from "../../src/operations/cascade-ladder.ts";
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

const upTo = (tier: "sonnet" | "opus"): Policy =>
  ({ escalation: { afterFailures: 2, upTo: tier } }) as Policy;

it("the default ladder goes from the prompt's tier to the policy's highest, and is never empty", () => {
  expect(defaultLadder(upTo("opus"), "haiku")).toEqual([
    { model: "haiku" },
    { model: "sonnet" },
    { model: "opus" },
  ]);
  expect(defaultLadder(upTo("opus"), "sonnet")).toEqual([{ model: "sonnet" }, { model: "opus" }]);
  expect(defaultLadder(upTo("sonnet"), "opus")).toEqual([{ model: "opus" }]);
});

function problemsOf(text: string): string[] {
  try {
    parse(text);
    return [];
  } catch (error) {
    return error instanceof InvalidInputError ? error.problems.map(({ message }) => message) : [];
  }
}
