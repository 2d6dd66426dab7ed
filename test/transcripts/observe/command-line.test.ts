import { describe, expect, it } from "vitest";
import { readCommandLine } from "../../../src/transcripts/observe/command-line.ts";
import { createMemory } from "../../../src/transcripts/observe/memory.ts";

describe("a shell line", () => {
  it("is read for the session that runs it, also after another session ran it in the same folder", () => {
    expect(placeOf("/w/b")).not.toBe("");
    expect(placeOf("/w/a")).toBe("");
  });
});

function placeOf(root: string): string | undefined {
  return readCommandLine("npm test", { cwd: "/w/a", root })?.checks[0]?.check.where;
}

describe("a memory", () => {
  it("finds each value once, also one that is undefined, and stays small", () => {
    const remember = createMemory<string | undefined>(2);
    const found: string[] = [];
    const ask = (key: string) =>
      remember(key, () => {
        found.push(key);
        return key === "none" ? undefined : key;
      });
    expect(["none", "none", "a", "a", "b", "none"].map(ask)).toEqual([
      undefined,
      undefined,
      "a",
      "a",
      "b",
      undefined,
    ]);
    expect(found).toEqual(["none", "a", "b", "none"]);
  });
});
