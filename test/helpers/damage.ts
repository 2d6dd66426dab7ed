import type { Random } from "../../bench/random.ts";

const PIECES = [
  '"', "\\", "{", "}", "[", "]", ",", ":", "null", "-1", "1e999", "01", "tru", '{"type":"', '"message":{', '"usage":{',
  '"content":[{', '],"stop_reason":null,', '"id":"msg_01', '"model":"<synthetic>"', '"iterations":[{', "\\u00", "\\x", "\\u005f",
  "\u2028", "\0", "\t", "é", "\ud800", '{"parentUuid":', "}{", '"type":"progress",', '"uuid":"u",',
]; // prettier-ignore

/** Cuts a line, mixes it up with another one, or writes something over it. */
export function damage(line: string, other: string, random: Random): string {
  const at = random.between(0, line.length);
  const length = random.between(1, 40);
  switch (random.between(0, 5)) {
    case 0:
      return line.slice(0, at);
    case 1:
      return line.slice(0, at) + line.slice(at + length);
    case 2:
      return line.slice(0, at) + random.pick(PIECES) + line.slice(at);
    case 3:
      return line.slice(0, at) + other.slice(at);
    case 4:
      return line.slice(0, at) + other;
    default:
      return line.slice(0, at) + line.slice(at, at + length).repeat(3) + line.slice(at + length);
  }
}

const VALUES = [
  "-5", "1.5", "12e1", "0", '""', '"text"', "null", "true", "[]", "{}", "[{}]", '{"type":"message"}', "9007199254740993", "1234567890123456",
  '"<synthetic>"', '"é\\n漢"', '"msg_0\\u0061"', '"C:\\\\dev"', '"agent_progress"', '"2026-02-31T00:00:00.000Z"', '"2026-11-20T09:00:00+02:00"',
]; // prettier-ignore

/** Gives an entry other values here and there, a message of its own, and its fields in another order. */
export function estrange(line: string, random: Random): string {
  const strange = line
    .replace('"id":"msg_', `"id":"msg_${random.letters(8)}`)
    .replaceAll(/:(\d+|null|true|"[^"\\]{0,40}")(?=[,}])/g, (found) =>
      random.chance(0.05) ? `:${random.pick(VALUES)}` : found,
    );
  return random.chance(0.5) ? reorder(strange, random) : strange;
}

/** Puts the fields of some of the objects in another order. */
export function reorder(line: string, random: Random): string {
  try {
    return JSON.stringify(reordered(JSON.parse(line), random));
  } catch {
    return line;
  }
}

function reordered(value: unknown, random: Random): unknown {
  if (Array.isArray(value)) return value.map((item) => reordered(item, random));
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([key, inner]) => ({
    key,
    inner: reordered(inner, random),
    rank: random.next(),
  }));
  if (random.chance(0.4)) fields.sort((a, b) => a.rank - b.rank);
  return Object.fromEntries(fields.map(({ key, inner }) => [key, inner]));
}
