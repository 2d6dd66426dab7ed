import { describe, expect, it } from "vitest";
import { createRandom } from "../../../bench/random.ts";
import { LINES, TEXT } from "../../../src/transcripts/reader/layout.ts";
import { compileWalk, createWalk } from "../../../src/transcripts/reader/module.ts";
import { createReader } from "../../../src/transcripts/reader/reader.ts";

// The AssemblyScript side, function by function.
const module = compileWalk();
const reader = createReader(module);

/** Writes a line to where lines are, and returns the address behind it. */
function writeLine(text: string): number {
  reader.makeRoom(LINES + Buffer.byteLength(text) + 1);
  const end = LINES + reader.bytes.write(text, LINES, "utf8");
  reader.bytes[end] = 0x0a;
  return end;
}

/** Whether the walk takes all of a line for one JSON value. */
function isValue(text: string): boolean {
  const end = writeLine(text);
  return reader.walk.skipValue(LINES) === end;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe("skipping a value", () => {
  const VALUES = [
    "{}", "[]", "[[]]", "[{}]", '{"a":{}}', "[1,2]", '{"a":1,"b":[true,false,null]}', '{ "a" : [ 1 , 2 ] }', '"x"', '""', "0", "-0", "10",
    "1.5", "1e9", "1E+9", "1.25e-9", "true", "false", "null", '"\\u00e9\\n\\t\\r\\b\\f\\/\\\\\\""', '"é漢\u2028"', '{"":""}', '{"a":"}"}',
    '{"\\"":1}', '"\\\\"', '{"a\\u0062":1}',
  ]; // prettier-ignore
  const NO_VALUES = [
    "", "{", "}", "[", "]", "{]", "[}", "[1,]", "[,1]", '{"a"}', '{"a":}', '{"a":1,}', "{a:1}", '{"a" 1}', "01", "-", "1.", ".5", "1e", "1e+", "+1",
    "tru", "nul", "falsy", "truex", '"', '"\\"', '"\\x"', '"\\u12"', '"\\u12g4"', '"\t"', "'a'", "1 2", "{}{}", '"a"b', '{"a":1 "b":2}', "[1 2]",
    '{"a":1}}', "NaN", "undefined", '"\u0000"', '"\u001f"',
  ]; // prettier-ignore

  it.each(VALUES)("accepts %j", (text) => expect([isValue(text), isJson(text)]).toEqual([true, true]));
  it.each(NO_VALUES)("refuses %j", (text) => expect([isValue(text), isJson(text)]).toEqual([false, false]));

  it("agrees with JSON.parse about escapes at any place of long texts", () => {
    const random = createRandom(1);
    const pieces = [
      "\\\\",
      '\\"',
      "\\n",
      "\\u0041",
      "\\u00",
      "\\x",
      "\\",
      '"',
      "a",
      "漢",
      "plain text ",
      "\t",
    ];
    for (let round = 0; round < 20_000; round++) {
      let text = "x".repeat(random.between(0, 130));
      for (let count = random.between(1, 12); count > 0; count--)
        text +=
          random.pick(random.chance(0.9) ? pieces.slice(0, 4) : pieces) + "y".repeat(random.between(0, 3));
      expect([text, isValue(`"${text}"`)]).toEqual([text, isJson(`"${text}"`)]);
    }
  });

  it("agrees with JSON.parse about generated values with one byte changed", () => {
    const random = createRandom(2);
    for (let round = 0; round < 20_000; round++) {
      const text = JSON.stringify(valueOf(random, 4));
      const at = random.between(0, text.length);
      const changed =
        text.slice(0, at) +
        random.pick('{}[]",:\\01-. et'.split("").concat("")) +
        text.slice(at + random.between(0, 1));
      expect([changed, isValue(changed.trim())]).toEqual([changed, isJson(changed)]);
    }
  });

  it("leaves what is nested deeper than 63 to JSON.parse", () => {
    expect(isValue("[".repeat(63) + "]".repeat(63))).toBe(true);
    expect(isValue("[".repeat(64) + "]".repeat(64))).toBe(false);
  });
});

function valueOf(random: ReturnType<typeof createRandom>, depth: number): unknown {
  const inner = () => valueOf(random, depth - 1);
  switch (random.between(0, depth > 0 ? 6 : 4)) {
    case 0:
      return random.letters(random.between(0, 40));
    case 1:
      return random.between(-1000, 1000) / random.pick([1, 7, 1e9]);
    case 2:
      return random.pick([true, false, null]);
    case 3:
      return `${random.letters(3)}\n"\\\u2028é`;
    case 4:
      return random.pick([{}, []]);
    case 5:
      return Array.from({ length: random.between(1, 4) }, inner);
    default:
      return Object.fromEntries(
        Array.from({ length: random.between(1, 4) }, () => [random.letters(4), inner()]),
      );
  }
}

function timeIn(text: string): number {
  const walk = createWalk(module);
  const length = Buffer.from(walk.memory.buffer).write(text, TEXT, "utf8");
  return walk.timeIn(TEXT, TEXT + length);
}

describe("reading a time", () => {
  it("gives what Date.parse gives, for every month and day", () => {
    const walk = createWalk(module);
    const bytes = Buffer.from(walk.memory.buffer);
    for (const year of [0, 1, 99, 1600, 1900, 1969, 1970, 2000, 2024, 2026, 2100, 9999])
      for (let month = 1; month <= 12; month++)
        for (let day = 1; day <= 31; day++) {
          const date = [
            String(year).padStart(4, "0"),
            String(month).padStart(2, "0"),
            String(day).padStart(2, "0"),
          ];
          const text = `${date.join("-")}T23:59:59.999Z`;
          bytes.write(text, TEXT, "latin1");
          expect([text, walk.timeIn(TEXT, TEXT + 24)]).toEqual([text, Date.parse(text)]);
        }
  });

  it.each([
    "2026-11-20T09:00:00Z", "2026-11-20T09:00:00.000+02:00", "2026-11-20", "2026-13-20T09:00:00.000Z", "2026-00-20T09:00:00.000Z",
    "2026-11-32T09:00:00.000Z", "2026-11-00T09:00:00.000Z", "2026-11-20T24:00:00.000Z", "2026-11-20T09:60:00.000Z", "2026-11-20T09:00:60.000Z",
    "2026-1x-20T09:00:00.000Z", "2026-11-20 09:00:00.000Z", "2026-11-20T09:00:00.0000", "",
  ])("leaves %j to Date.parse", (text) => expect(timeIn(text)).toBeNaN()); // prettier-ignore
});

describe("finding the end of the lines read", () => {
  it.each([
    ["one\ntwo\nthr", 8],
    ["one", 0],
    ["\n", 1],
    ["one\n", 4],
  ])("of %j", (text, length) => {
    writeLine(text);
    expect(reader.walk.endOfLines(LINES, LINES + text.length) - LINES).toBe(length);
  });

  it("looks at nothing before where it starts", () => {
    writeLine("one\ntwo");
    expect(reader.walk.endOfLines(LINES + 4, LINES + 7)).toBe(LINES + 4);
  });
});

/** Takes a line in pieces of some bytes, and shortens it after each. */
function shortened(line: string, piece: number): string {
  const bytes = Buffer.from(line);
  reader.makeRoom(LINES + bytes.length);
  let end = LINES;
  for (let at = 0; at < bytes.length; at += piece) {
    const more = bytes.subarray(at, at + piece);
    more.copy(reader.bytes, end);
    end = reader.walk.shorten(LINES, end + more.length);
  }
  return reader.bytes.toString("utf8", LINES, end);
}

describe("shortening an unfinished line", () => {
  const entry = {
    type: "user",
    content: `${'é\\\n"'.repeat(60_000)}end`,
    short: 'a "quoted" \\ text',
    list: ["x".repeat(200_000), { deep: "\\".repeat(150_000) }],
    usage: { input_tokens: 5 },
  };

  it.each([1_000_000_000, 300_000, 65_537, 1_001, 997])(
    "by pieces of %i bytes leaves the same JSON with shorter texts",
    (piece) => {
      const text = shortened(JSON.stringify(entry), piece);
      const short = JSON.parse(text) as typeof entry;
      expect(text.length).toBeLessThan(220_000);
      expect(short).toMatchObject({ type: "user", short: entry.short, usage: entry.usage });
      const pairs = [
        [entry.content, short.content],
        [entry.list[0], short.list[0]],
      ] as [string, string][];
      for (const [long, cut] of pairs) expect(cut.slice(0, 30_000)).toBe(long.slice(0, 30_000));
    },
  );

  it("changes nothing in a line of short texts", () => {
    const line = JSON.stringify(Array.from({ length: 20_000 }, (_, index) => ({ index, text: '\\"' })));
    expect(shortened(line, 65_536)).toBe(line);
  });
});
