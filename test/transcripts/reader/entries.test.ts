import { describe, expect, it } from "vitest";
import { answer, toolResult } from "../../helpers/lines.ts";
import { readBytes } from "../../helpers/reading.ts";

const torn = (text: string) => text.slice(0, 250);
const keysOf = (line: string) => {
  const { requests, counts } = readBytes(`${answer(1)}\n${line}\n${answer(9)}\n`);
  const keys = requests.map(({ key, line }) => `${key}:${line}`).slice(1, -1);
  return { keys, ...counts };
};

describe("a line that is not one JSON object", () => {
  it.each([
    ["an entry behind a torn one", torn(answer(2)) + answer(3), ["msg_013:2"]],
    ["an entry behind a torn result", torn(toolResult("x".repeat(400))) + answer(3), ["msg_013:2"]],
    ["two entries glued together", answer(2) + answer(3), ["msg_012:2", "msg_013:2"]],
    ["two entries with a space between them", `${answer(2)} \r ${answer(3)} `, ["msg_012:2", "msg_013:2"]],
    ["an entry before a torn one", answer(2) + torn(answer(3)), ["msg_012:2"]],
    ["two entries behind a torn one", torn(answer(2)) + answer(3) + answer(4), ["msg_013:2", "msg_014:2"]],
    ["an entry behind two torn ones", torn(answer(2)) + torn(answer(3)) + answer(4), ["msg_014:2"]],
    ["an entry between two torn ones", torn(answer(2)) + answer(3) + torn(answer(4)), []],
    [
      "an entry that begins with its type",
      `${torn(answer(2))}{"type":"assistant",${answer(3).slice(1).replace('"type":"assistant",', "")}`,
      ["msg_013:2"],
    ],
    ["an entry inside a torn one", `{"parentUuid":null,"data":[${answer(2)},`, []],
    ["no object", "[1,2]", []],
    ["no JSON", "not json at all", []],
  ])("holds %s", (_, line, keys) => {
    expect(keysOf(line)).toEqual({ keys, "bad-json": 1, understood: 2 });
  });

  it.each([
    ["many that begin and do not end", '{"type":"text","list":['.repeat(20_000)],
    ["many that are whole", `${'{"type":"text"}'.repeat(50_000)}x`],
    ["many behind one that is torn", `{"type":"text","list":${'{"type":"text"}'.repeat(50_000)}x`],
  ])("takes no longer to look through than it is long, with %s", (_, line) => {
    expect(keysOf(line)).toMatchObject({ keys: [], "bad-json": 1 });
  });
});

describe("a line with marks before its brace", () => {
  it.each([
    ["a byte order mark", `\uFEFF${answer(2)}`],
    ["zeros", `\0\0\0${answer(2)}`],
    ["spaces", ` \t${answer(2)}`],
  ])("%s, is an entry", (_, line) => expect(keysOf(line)).toEqual({ keys: ["msg_012:2"], understood: 3 }));

  it.each(["", " ", "\r", "\0\0\0\0"])("and without any is blank: %j", (line) => {
    expect(keysOf(line)).toEqual({ keys: [], skipped: 1, understood: 2 });
  });
});
