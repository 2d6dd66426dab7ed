import { describe, expect, it } from "vitest";
import { modelMatcher, nearNames, pathMatcher } from "../../src/domain/name-pattern.ts";

const PATHS = ["/a/cli", "/a/cli/.worktrees/1", "/a/cli-docs", "D:\\work\\CLI", ""];
const MODELS = ["claude-opus-5", "claude-opus-5-5", "claude-haiku-4-5-20251001", "gpt-5.2"];

describe("a pattern of names", () => {
  it.each([
    ["/a/cli", ["/a/cli"]],
    ["/a/cli/", ["/a/cli"]],
    ["cli", ["/a/cli", "D:\\work\\CLI"]],
    ["work/cli", ["D:\\work\\CLI"]],
    ["li", []],
    ["/a/cli*", ["/a/cli", "/a/cli/.worktrees/1", "/a/cli-docs"]],
    ["*cli?docs", ["/a/cli-docs"]],
    ["*", PATHS],
  ])("%s: whole folders of a path, or a glob", (pattern, matched) => {
    expect(PATHS.filter(pathMatcher(pattern))).toEqual(matched);
  });

  it.each([
    ["claude-opus-5", ["claude-opus-5"]],
    ["opus-5", ["claude-opus-5"]],
    ["Opus 5.5", ["claude-opus-5-5"]],
    ["opus", ["claude-opus-5", "claude-opus-5-5"]],
    ["claude-haiku-4-5", ["claude-haiku-4-5-20251001"]],
    ["gpt", ["gpt-5.2"]],
    ["5", []],
    ["*opus-5*", ["claude-opus-5", "claude-opus-5-5"]],
  ])("%s: a whole id, a name, a family, or a glob", (pattern, matched) => {
    expect(MODELS.filter(modelMatcher(pattern))).toEqual(matched);
  });

  it("that matches nothing is near the names that hold it, otherwise to the one with the most similar word", () => {
    expect(nearNames("docs", PATHS)).toEqual(["/a/cli-docs"]);
    expect(nearNames("opsu", MODELS)).toEqual(["claude-opus-5-5"]);
    expect(nearNames("*", MODELS)).toEqual([]);
    expect(nearNames("nothing-like-it", MODELS)).toEqual([]);
  });
});
