import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { decodeLines, spaced } from "../helpers/decoding.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures");

function linesOf(file: string): Buffer[] {
  const bytes = readFileSync(file);
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
    lines.push(bytes.subarray(start, bytes[end - 1] === 13 ? end - 1 : end));
    start = end + 1;
  }
  return lines;
}

describe("the fast path", () => {
  const files = globSync("**/*.jsonl", { cwd: FIXTURES });

  it.each(files)("reads %s as a JSON parser does", (file) => {
    const lines = linesOf(join(FIXTURES, file));
    expect(decodeLines(lines)).toEqual(decodeLines(lines.map(spaced)));
  });
});
