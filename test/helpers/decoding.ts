import { closeSync, mkdtempSync, openSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Event } from "../../src/domain/event.ts";
import type { FileScan } from "../../src/domain/file-scan.ts";
import { createDecoder } from "../../src/transcripts/decode.ts";
import { watchNow } from "../../src/transcripts/observe/watch-now.ts";
import { readLines } from "../../src/transcripts/lines.ts";

/** What a decoder makes of lines, apart from how it came by it. */
export function decodeLines(lines: readonly Buffer[]) {
  const decoder = createDecoder({ firstAt: Number.NaN, watch: () => watchNow() });
  const file = join(mkdtempSync(join(tmpdir(), "rolecall-lines-")), "lines");
  writeFileSync(file, Buffer.concat(lines.flatMap((line) => [line, Buffer.from("\n")])));
  const fd = openSync(file, "r");
  readLines(fd, { offset: 0, line: 0, unterminated: false }, statSync(file).size, decoder.onAsk, () => false);
  closeSync(fd);
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
function known({ understood = 0, skipped = 0, ...codes }: FileScan["counts"]): Record<string, number> {
  return { known: understood + skipped, ...codes };
}

/** The same entry with a space behind every mark: no pattern of the fast path knows it. */
export function spaced(line: Buffer): Buffer {
  try {
    return Buffer.from(JSON.stringify(JSON.parse(line.toString()), null, 1).replaceAll("\n", " "));
  } catch {
    return line;
  }
}
