import { closeSync, openSync, readSync } from "node:fs";
import { isSystemError } from "../errors.ts";
import { type Fields, isFields } from "./fields.ts";

const NEWLINE = 10;
const CHUNK = 1_048_576;
/** Serves all files: the memory of a new one for each would set off the garbage collector again and again. */
let chunk: Buffer | undefined;

/**
 * Returns the entries at some lines of a transcript (1-based); lines that are gone or torn are left out. Reads no further than the
 * last of them.
 */
export function readEntriesAt(path: string, lines: Iterable<number>): Fields[] {
  const wanted = new Set(lines);
  if (wanted.size === 0) return [];
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return []; // gone since its lines were read
  }
  try {
    return readLines(file, wanted).flatMap(parse);
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return []; // a fault of the disk
  } finally {
    closeSync(file);
  }
}

function readLines(file: number, wanted: ReadonlySet<number>): string[] {
  const last = Math.max(...wanted);
  chunk ??= Buffer.allocUnsafeSlow(CHUNK);
  const found: string[] = [];
  let pieces: Buffer[] = [];
  let line = 1;
  const take = (bytes: Buffer): void => {
    if (wanted.has(line)) pieces.push(Buffer.from(bytes));
  };
  const finish = (): void => {
    if (wanted.has(line)) found.push(Buffer.concat(pieces).toString("utf8"));
    pieces = [];
    line++;
  };
  while (line <= last) {
    const length = readSync(file, chunk, 0, CHUNK, null);
    if (length === 0) {
      finish();
      break;
    }
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0 && end < length; end = chunk.indexOf(NEWLINE, start)) {
      take(chunk.subarray(start, end));
      finish();
      start = end + 1;
    }
    take(chunk.subarray(start, length));
  }
  return found;
}

function parse(text: string): Fields[] {
  try {
    const entry: unknown = JSON.parse(text);
    return isFields(entry) ? [entry] : [];
  } catch {
    return [];
  }
}
