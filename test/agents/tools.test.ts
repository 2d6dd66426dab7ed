import { describe, expect, it } from "vitest";
import { listsNoTool, splitTools, toolName } from "../../src/agents/tools.ts";

describe("splitTools", () => {
  it.each<[tools: unknown, expected: string[] | undefined]>([
    [undefined, undefined],
    ["Read, Grep", ["Read", "Grep"]],
    ["Read Grep", ["Read", "Grep"]],
    ["Bash(git log:*), Read", ["Bash(git log:*)", "Read"]],
    ["Bash(git diff, git log), Read", ["Bash(git diff, git log)", "Read"]],
    ["Read\tGrep", ["Read\tGrep"]],
    [
      ["Read Grep", "Bash"],
      ["Read", "Grep", "Bash"],
    ],
    ["*", undefined],
    ["[Read, Grep]", ["[Read", "Grep]"]],
    ["", []],
    [null, []],
    [7, []],
  ])("%j", (tools, expected) => {
    expect(splitTools(tools)).toEqual(expected);
  });
});

describe("listsNoTool", () => {
  it.each<[tools: string[] | undefined, expected: boolean]>([
    [undefined, false],
    [[], false],
    [["[Read]"], true],
    [["read", "bash"], true],
    [["read", "Bash"], false],
    [["mcp__db__query"], false],
    [["KillShell"], false],
  ])("%j", (tools, expected) => {
    expect(listsNoTool(tools === undefined ? {} : { tools })).toBe(expected);
  });
});

it("toolName drops the part in parentheses", () => {
  expect(["Bash(git log:*)", "Read"].map(toolName)).toEqual(["Bash", "Read"]);
});
