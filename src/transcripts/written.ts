import { readSync } from "node:fs";
import { AT, type FileScan, FLAG, WIDTH } from "../domain/file-scan.ts";
import { countOf } from "../domain/output-count.ts";

/** Returns whether some answers of a file hold only the first count of their output, or can show how long such answers are. */
export function isWorthMeasuring({ contexts, numbers }: Pick<FileScan, "contexts" | "numbers">): boolean {
  const wanted = contexts.map((context) => (context.flags & FLAG.part) === 0 && countOf(context) !== "final");
  if (!wanted.includes(true)) return false;
  // Most contexts without a reason for the end are those of the first lines of answers that were finished.
  for (let at: number = AT.context; at < numbers.length; at += WIDTH)
    if (wanted[numbers[at] as number]) return true;
  return false;
}

const CHUNK_BYTES = 4 << 20;
const LINE_BREAK = 0x0a;

/**
 * Returns how many bytes each answer wrote between two places of a file, by message id: text, thinking and the inputs of tools as JSON,
 * without the signatures of thinking. Relies on the order of fields in the lines of the client; a line in another order is left out.
 */
export function measureAnswers(fd: number, from: number, to: number): [id: string, bytes: number][] {
  const found = new Map<string, number>();
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let kept = 0;
  for (let position = from; position < to;) {
    if (kept === chunk.length) chunk = Buffer.concat([chunk, Buffer.allocUnsafe(chunk.length)]);
    const read = readSync(fd, chunk, kept, Math.min(chunk.length - kept, to - position), position);
    if (read === 0) break;
    position += read;
    const filled = chunk.subarray(0, kept + read);
    const end = position < to ? filled.lastIndexOf(LINE_BREAK) + 1 : filled.length;
    measureLines(filled.subarray(0, end), found);
    kept = filled.copy(chunk, 0, end);
    if (kept > LONGEST_BYTES) kept = 0; // a line of that length is not measured
  }
  return [...found];
}

const LONGEST_BYTES = 64 << 20;
const CONTENT = '"role":"assistant","content":[';
const BEHIND = '],"stop_reason"';
const ID = '"id":"';
const SIGNATURE = '"signature":"';

function measureLines(lines: Buffer, found: Map<string, number>): void {
  for (let at = lines.indexOf(CONTENT); at >= 0; at = lines.indexOf(CONTENT, at + CONTENT.length)) {
    const start = at + CONTENT.length;
    const lineEnd = lines.indexOf(LINE_BREAK, start);
    const end = lines.indexOf(BEHIND, start - 1);
    if (end < 0 || (lineEnd >= 0 && lineEnd < end)) continue;
    const before = lines.toString("latin1", Math.max(0, at - LONGEST_ENVELOPE), at);
    const named = before.lastIndexOf(ID);
    if (named < 0) continue;
    const id = before.slice(named + ID.length, before.indexOf('"', named + ID.length));
    found.set(id, (found.get(id) ?? 0) + Math.max(0, end - start - signatureBytes(lines, start, end)));
  }
}

/** The id is a few fields before the content. */
const LONGEST_ENVELOPE = 400;

function signatureBytes(lines: Buffer, start: number, end: number): number {
  let bytes = 0;
  for (let at = lines.indexOf(SIGNATURE, start); at >= 0 && at < end; at = lines.indexOf(SIGNATURE, at + 1))
    bytes += lines.indexOf(0x22, at + SIGNATURE.length) - at - SIGNATURE.length;
  return bytes;
}
