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

/** A line that was cut, mixed up with another one or written over. */
function damage(line: string, lines: readonly string[], random: Random): string {
  const at = random.between(0, line.length);
  const length = random.between(1, 40);
  switch (random.between(0, 4)) {
    case 0:
      return line.slice(0, at);
    case 1:
      return line.slice(0, at) + line.slice(at + length);
    case 2:
      return line.slice(0, at) + random.pick(PIECES) + line.slice(at);
    case 3:
      return line.slice(0, at) + random.pick(lines).slice(at);
    default:
      return line.slice(0, at) + line.slice(at, at + length).repeat(3) + line.slice(at + length);
  }
}

const VALUES = ["-5", "1.5", '"text"', "null", "[]", "{}", "9007199254740993", '"<synthetic>"', '"é\\n漢"'];

/** An entry that no client writes: other values here and there, its fields in another order, and a message of its own. */
function estrange(line: string, random: Random): string {
  const other = line
    .replace('"id":"msg_', `"id":"msg_${random.letters(8)}`)
    .replaceAll(/:(\d+|null|true|"[^"\\]{0,40}")(?=[,}])/g, (found) =>
      random.chance(0.05) ? `:${random.pick(VALUES)}` : found,
    );
  return random.chance(0.5) ? reordered(other, random) : other;
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

const all = seedLines();

/** Files of 100 lines, the first of each being a sound one. */
function filesOf(seed: number, make: (line: string, random: Random) => string): Buffer[][] {
  const random = createRandom(seed);
  return Array.from({ length: 100 }, () =>
    Array.from({ length: 100 }, (_, index) => {
      const line = random.pick(all);
      return Buffer.from(index === 0 ? line : make(line, random));
    }),
  );
}

describe("lines that nobody meant to write", () => {
  it("10,000 damaged ones are each understood, skipped or a diagnostic, and never a crash", () => {
    let met = 0;
    for (const file of filesOf(1, (line, random) => damage(line, all, random)))
      met += Object.values(decodeLines(file).counts).reduce((sum, count) => sum + count, 0);
    expect(met).toBe(10_000);
  });

  it("10,000 strange ones hold the same requests by the fast path and by a JSON parser", () => {
    for (const file of filesOf(2, estrange)) {
      const { keys, numbers, contexts } = decodeLines(file.map(spaced));
      expect(decodeLines(file)).toMatchObject({ keys, numbers, contexts });
    }
  });
});
