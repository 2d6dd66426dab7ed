import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Event } from "../../src/domain/event.ts";
import type { FileScan } from "../../src/domain/file-scan.ts";
import { createDecoder } from "../../src/transcripts/decode.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures");

/** What a decoder makes of the lines, apart from how it came by it. */
function decode(lines: readonly Buffer[]) {
  const decoder = createDecoder({ firstAt: Number.NaN });
  lines.forEach((line, index) => decoder.line(line, 0, line.length, index + 1, 0));
  const { numbers, counts, events, observer: _, lastAt: __, ...rest } = decoder.take();
  return {
    ...rest,
    numbers: [...numbers],
    counts: known(counts),
    events: (JSON.parse(events) as Event[]).map((event) =>
      UNTIMED.has(event.kind) ? { ...event, at: 0 } : event,
    ),
  };
}

/** Without a time of their own these take that of the entry before, which the fast path may have passed over. */
const UNTIMED = new Set(["cost-state", "mode", "tools"]);

/** Lines passed over without a look are known lines just as those that were read for nothing. */
function known({ understood = 0, skipped = 0, ...codes }: FileScan["counts"]) {
  return { known: understood + skipped, ...codes };
}

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

/** The same entry with a space behind every mark: no pattern of the fast path knows it. */
function spaced(line: Buffer): Buffer {
  try {
    return Buffer.from(JSON.stringify(JSON.parse(line.toString()), null, 1).replaceAll("\n", " "));
  } catch {
    return line;
  }
}

describe("the fast path", () => {
  const files = globSync("**/*.jsonl", { cwd: FIXTURES });

  it.each(files)("reads %s as a JSON parser does", (file) => {
    const lines = linesOf(join(FIXTURES, file));
    expect(decode(lines)).toEqual(decode(lines.map(spaced)));
  });
});
