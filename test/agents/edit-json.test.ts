import { describe, expect, it } from "vitest";
import { editJson, type Json, type JsonPath } from "../../src/agents/edit-json.ts";

/** Text before, path, value, text after. */
const EDITS: readonly [string, string, JsonPath, Json | undefined, string][] = [
  ["a value", '{ "model":"opus" , "x": 1}', ["model"], "opusplan", '{ "model":"opusplan" , "x": 1}'],
  ["a new key", '{\n  "a": 1\n}\n', ["model"], "opus", '{\n  "a": 1,\n  "model": "opus"\n}\n'],
  [
    "a new key, by tabs and CRLF",
    '{\r\n\t"a": 1\r\n}',
    ["b", "c"],
    2,
    '{\r\n\t"a": 1,\r\n\t"b": {\r\n\t\t"c": 2\r\n\t}\r\n}',
  ],
  ["a new key on one line", '{"a":1}', ["b"], [1, { c: [] }], '{"a":1, "b": [1, { "c": [] }]}'],
  ["an empty object", "{}", ["a"], "b", '{\n  "a": "b"\n}'],
  [
    "a nested key",
    '{\n    "env": {\n        "A": "1"\n    }\n}',
    ["env", "B"],
    "2",
    '{\n    "env": {\n        "A": "1",\n        "B": "2"\n    }\n}',
  ],
  ["a list", '{\n  "f": ["a"],\n  "z": {}\n}', ["f"], ["b"], '{\n  "f": [\n    "b"\n  ],\n  "z": {}\n}'],
  ["a key taken out at the end", '{\n  "a": 1,\n  "b": 2\n}', ["b"], undefined, '{\n  "a": 1\n}'],
  ["a key taken out at the start", '{\n  "a": 1,\n  "b": 2\n}', ["a"], undefined, '{\n  "b": 2\n}'],
  ["the only key taken out", '{ "a": 1 }', ["a"], undefined, "{}"],
  [
    "an object that a removal leaves empty",
    '{"a": 1, "env": {"B": "2"}}',
    ["env", "B"],
    undefined,
    '{"a": 1}',
  ],
  [
    "a key inside a string, never",
    '{"x": "\\"model\\": {", "y": [{"model": 1}]}',
    ["model"],
    "m",
    '{"x": "\\"model\\": {", "y": [{"model": 1}], "model": "m"}',
  ],
  ["behind a byte order mark", '\uFEFF{"a":1}', ["a"], 2, '\uFEFF{"a":2}'],
];

describe("editing JSON", () => {
  it.each(EDITS)("changes %s and no other byte", (_what, before, path, value, after) => {
    expect(editJson(before, path, value)).toBe(after);
  });

  it("is refused where a key stands twice, because the last one counts", () => {
    expect(editJson('{"model": "a", "model": "b"}', ["model"], "c")).toBeUndefined();
  });

  it("is refused where something else stands where an object should", () => {
    expect(editJson('{"env": "text"}', ["env", "A"], "1")).toBeUndefined();
    expect(editJson("[1]", ["a"], "1")).toBeUndefined();
  });

  it("removes every object above a value that held nothing else", () => {
    const added =
      editJson('{"mine": 1}', ["modelSettings", "claude-sonnet-5-5", "effortLevel"], "high") ?? "";
    expect(editJson(added, ["modelSettings", "claude-sonnet-5-5", "effortLevel"], undefined)).toBe(
      '{"mine": 1}',
    );
    const shared = '{"a": {"b": {"c": 1}, "d": 2}}';
    expect(editJson(shared, ["a", "b", "c"], undefined)).toBe('{"a": {"d": 2}}');
  });

  it("adding and taking out again gives back the text", () => {
    for (const text of ['{\n  "a": 1\n}\n', '{"a":1}', '{\t"a": {"b": []}\r\n}']) {
      const added = editJson(text, ["env", "X"], "1") as string;
      expect(editJson(added, ["env", "X"], undefined)).toBe(text);
    }
  });
});
