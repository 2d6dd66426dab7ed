import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../bench/random.ts";
import { decodeLines, spaced } from "../helpers/decoding.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures");
const PIECES = [
  '"', "\\", "{", "}", "[", "]", ",", ":", "null", "-1", "1e999", '{"type":"', '"message":{', '"usage":{', '"content":[{',
  '],"stop_reason":null,', '"id":"msg_01', '"model":"<synthetic>"', '"iterations":[{', "\u2028", "\0", "é", "\ud800",
]; // prettier-ignore

function seedLines(): string[] {
  const files = globSync("{recordings,claude-home}/**/*.jsonl", { cwd: FIXTURES }).sort();
  const lines = files.flatMap((file) => readFileSync(join(FIXTURES, file), "utf8").split("\n"));
  return [...new Set(lines)].filter((line) => line.length > 2 && line.length < 20_000);
}

/** A line with something wrong, strange or merely different about it. */
function mutate(line: string, lines: readonly string[], random: Random): string {
  const at = random.between(0, line.length);
  const length = random.between(1, 40);
  switch (random.between(0, 7)) {
    case 0:
      return line.slice(0, at);
    case 1:
      return line.slice(0, at) + line.slice(at + length);
    case 2:
      return line.slice(0, at) + random.pick(PIECES) + line.slice(at);
    case 3:
      return line.slice(0, at) + random.pick(lines).slice(at);
    case 4:
      return line.slice(0, at) + line.slice(at, at + length).repeat(3) + line.slice(at + length);
    case 5:
      return line.replaceAll(/:(\d+|null|true|"[^"\\]{0,20}")/g, (found) =>
        random.chance(0.1)
          ? `:${random.pick(["-5", "1.5", '"text"', "null", "[]", "{}", "9007199254740993"])}`
          : found,
      );
    default:
      return reordered(line, random);
  }
}

/** The same entry with its fields in another order, here and there. */
function reordered(line: string, random: Random): string {
  const reorder = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reorder);
    if (typeof value !== "object" || value === null) return value;
    const fields = Object.entries(value).map(([key, inner]) => ({
      key,
      inner: reorder(inner),
      rank: random.next(),
    }));
    if (random.chance(0.4)) fields.sort((a, b) => a.rank - b.rank);
    return Object.fromEntries(fields.map(({ key, inner }) => [key, inner]));
  };
  try {
    return JSON.stringify(reorder(JSON.parse(line)));
  } catch {
    return line;
  }
}

describe("10,000 damaged lines", () => {
  const lines = seedLines();
  const random = createRandom(7);
  const files = Array.from({ length: 100 }, () =>
    Array.from({ length: 100 }, () => Buffer.from(mutate(random.pick(lines), lines, random))),
  );

  it("are each understood, skipped or a diagnostic, and never a crash", () => {
    let met = 0;
    for (const file of files)
      met += Object.values(decodeLines(file).counts).reduce((sum, count) => sum + count, 0);
    expect(met).toBe(10_000);
  });

  it("that are still JSON hold the same requests by the fast path and by a JSON parser", () => {
    const first = Buffer.from(lines[0] as string);
    for (const file of files) {
      const whole = [first, ...file.filter(isJson)];
      const { keys, numbers, contexts } = decodeLines(whole.map(spaced));
      expect(decodeLines(whole)).toMatchObject({ keys, numbers, contexts });
    }
  });
});

function isJson(line: Buffer): boolean {
  return spaced(line) !== line;
}
