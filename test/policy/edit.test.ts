import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { editPolicy } from "../../src/policy/edit.ts";
import { parsePolicy } from "../../src/policy/parse.ts";

const example = readFileSync(join(import.meta.dirname, "../../templates/policy.example.yaml"), "utf8");
const commentsOf = (text: string) => text.match(/#.*$/gm) ?? [];

describe("editPolicy", () => {
  it("a value that takes another's place changes nothing else in the file", () => {
    const text = "roles:\r\n  reviewer:   # ours\r\n      effort:    high   # for now\r\n";
    const edited = editPolicy(text, [{ path: ["roles", "reviewer", "effort"], value: "low" }]);
    expect(edited).toBe(text.replace("high ", "low "));
  });

  it("keeps every comment and the order of the keys when it adds and removes", () => {
    const edited = editPolicy(example, [
      { path: ["roles", "planner", "model"], value: "opus" },
      { path: ["roles", "reviewer", "agents"], value: ["pr-bot"] },
      { path: ["escalation", "handToPerson"], value: undefined },
      { path: ["preset"], value: "frugal" },
    ]);
    expect(commentsOf(edited)).toEqual(commentsOf(example));
    const { written } = parsePolicy(edited, "x");
    expect(Object.keys(written)).toEqual([
      "version",
      "preset",
      "tolerance",
      "verify",
      "generate",
      "main",
      "escalation",
      "roles",
    ]);
    expect(Object.keys(written.roles ?? {})).toEqual([
      "reviewer",
      "test-writer",
      "migration-writer",
      "planner",
    ]);
    expect(written).toMatchObject({
      preset: "frugal",
      roles: { planner: { model: "opus" }, reviewer: { agents: ["pr-bot"] } },
    });
    expect(written.escalation).not.toHaveProperty("handToPerson");
  });

  it.each([
    ["an empty file", ""],
    ["a comment alone", "# mine\n"],
    ["a key with nothing after it", "roles:\n"],
    ["a key with nothing after it, deeper", "roles:\n  planner:\n"],
    ["flow style", "roles: {planner: {effort: low}}\n"],
  ])("sets a key in %s", (_what, text) => {
    const edited = editPolicy(text, [{ path: ["roles", "planner", "tier"], value: "haiku" }]);
    expect(parsePolicy(edited, "x").written.roles?.["planner"]?.tier).toBe("haiku");
    expect(commentsOf(edited)).toEqual(commentsOf(text));
  });

  it("quotes what would mean something else bare", () => {
    const edited = editPolicy("roles: {a: {purpose: x, effort: low}}\n", [
      { path: ["roles", "a", "purpose"], value: "no: {really}, # not" },
    ]);
    expect(parsePolicy(edited, "x").written.roles?.["a"]).toEqual({
      purpose: "no: {really}, # not",
      effort: "low",
    });
  });
});
