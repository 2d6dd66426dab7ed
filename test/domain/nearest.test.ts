import { describe, expect, it } from "vitest";
import { expectOneOf, nearest } from "../../src/domain/nearest.ts";

describe("the nearest word", () => {
  it.each([
    ["dya", "day"],
    ["skil", "skill"],
    ["Modle", "model"],
    ["complexty", "complexity"],
    ["brnach", "branch"],
  ])("of %s is %s", (word, meant) => {
    expect(nearest(word, ["day", "tool", "skill", "model", "complexity", "branch"])).toBe(meant);
  });

  it.each(["xyz", "tcsh"])("of %s is none: too few letters are the same", (word) => {
    expect(nearest(word, ["bash", "day", "tool"])).toBeUndefined();
  });

  it("follows the list in a hint, if there is one", () => {
    expect(expectOneOf("hihg", ["low", "high"])).toBe("Expected one of low, high. Try high.");
    expect(expectOneOf("none", ["low", "high"])).toBe("Expected one of low, high.");
  });
});
