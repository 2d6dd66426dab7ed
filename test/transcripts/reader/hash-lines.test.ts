import { describe, expect, it } from "vitest";
import { createRandom } from "../../../bench/random.ts";
import { readBytes } from "../../helpers/reading.ts";
import { readSlowly } from "../../helpers/reference-reader.ts";

/** Spaces of several kinds, escapes, and characters of one to four bytes. */
const PIECES = ["a", "return x;", " ", "  ", "\t", "\r", "\n", "\n\n", "}", '"', "\\", "\b\f", "\u0001", "/", "é", "設定", "🙂", "\ud83d", "\u0085\u00a0"]; // prettier-ignore

function line(name: "Edit" | "Write", input: string): string {
  const call = `{"type":"tool_use","id":"t1","name":"${name}","input":${input}}`;
  const message = `{"id":"m1","model":"claude-sonnet-4-5","role":"assistant","content":[{"type":"text","text":"now"},${call}]}`;
  return `{"type":"assistant","uuid":"u1","timestamp":"2026-11-01T10:00:00.000Z","cwd":"/w/a","message":${message}}\n`;
}

function expectSame(bytes: Buffer): void {
  const { events } = readBytes(bytes);
  expect(events).toEqual(readSlowly(bytes).events);
  expect(JSON.stringify(events)).toContain('"kind":"edit"');
}

describe("edits by the hashes of their texts", () => {
  const random = createRandom(7);
  const text = () =>
    Array.from({ length: random.between(0, 60) }, () => random.pick(PIECES)).join(random.pick(["", "", " "]));
  const escaped = (value: string) =>
    random.chance(0.5)
      ? JSON.stringify(value)
      : `"${[...value].map((char) => (random.chance(0.3) ? inCode(char) : JSON.stringify(char).slice(1, -1))).join("")}"`;

  it("are what JSON.parse gives, for texts of any characters and escapes", () => {
    for (let run = 0; run < 400; run++) {
      const [old, fresh] = [text(), text()].map(escaped);
      expectSame(
        Buffer.from(
          line("Edit", `{"file_path":"/w/a/b.ts","old_string":${old},"new_string":${fresh}}`) +
            line("Write", `{"file_path":"/w/a/b.ts","content":${fresh}}`),
        ),
      );
    }
  });

  it("are what JSON.parse gives, for bytes that are not UTF-8", () => {
    for (const bytes of [
      [0xff],
      [0xc0, 0x80],
      [0xe2, 0x82],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x80, 0x80, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xc3, 0x28],
    ]) {
      // prettier-ignore
      const [front = "", back = ""] = line("Write", '{"file_path":"b","content":"x = 1\\n|y = 2"}').split("|");
      expectSame(Buffer.concat([Buffer.from(front), Buffer.from(bytes), Buffer.from(back)]));
    }
  });

  it("are what JSON.parse gives, for very many lines and fields of other types", () => {
    const many = JSON.stringify(Array.from({ length: 5000 }, (_, index) => `line ${index}`).join("\n"));
    for (const [name, input] of [
      ["Write", `{"file_path":"b","content":${many}}`],
      ["Edit", `{"file_path":"b","old_string":${many},"new_string":"x = 1"}`],
      ["Edit", '{"file_path":null,"notebook_path":"c","old_string":"a = 1","new_string":7}'],
      ["Write", '{"file_path":["b"],"content":{"a":1}}'],
      ["Edit", '{"file_path":"b","new_string":"x = 1"}'],
      ["Write", "null"],
    ] as const)
      expectSame(Buffer.from(line(name, input)));
  });
});

function inCode(char: string): string {
  return char.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""); // prettier-ignore
}
