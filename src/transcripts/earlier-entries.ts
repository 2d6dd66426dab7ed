import { readSync } from "node:fs";
import { type Fields, isFields } from "./fields.ts";

const CHUNK_BYTES = 1 << 20;
const LINE_BREAK = 0x0a;

/** Yields the entry of each line of a file between two places: none for what is not one JSON object. A line that begins before is left out. */
export function* readEntries(fd: number, from: number, to: number): Generator<Fields | undefined> {
  const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, to - from));
  let unfinished: Buffer = Buffer.alloc(0);
  let isInside = from > 0;
  for (let at = from; at < to;) {
    const read = readSync(fd, chunk, 0, Math.min(chunk.length, to - at), at);
    if (read === 0) return;
    at += read;
    const bytes = Buffer.concat([unfinished, chunk.subarray(0, read)]);
    let start = 0;
    for (let end = bytes.indexOf(LINE_BREAK); end >= 0; end = bytes.indexOf(LINE_BREAK, start)) {
      if (!isInside) yield parse(bytes.toString("utf8", start, end));
      isInside = false;
      start = end + 1;
    }
    unfinished = bytes.subarray(start);
  }
  if (!isInside && unfinished.length > 0) yield parse(unfinished.toString("utf8"));
}

function parse(line: string): Fields | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return isFields(entry) ? entry : undefined;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
