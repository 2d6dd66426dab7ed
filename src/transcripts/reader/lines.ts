import { readSync } from "node:fs";
import type { ReadTo } from "../../domain/file-scan.ts";
import { parseEntry } from "./entries.ts";
import { ASK_NOTHING, LINES, STATE_LINE, STATE_NEXT } from "./layout.ts";
import type { Reader } from "./reader.ts";

/** An open file, and the part of it to read: from where the last reading ended up to `size` bytes. */
export interface LineSource {
  fd: number;
  from: ReadTo;
  size: number;
  /** Kinds of entries to look for: a sum of WANT_… */
  wanted: number;
}

/** The position up to which a file was read, and the number of lines that were too long. */
export interface LinesRead {
  readTo: ReadTo;
  tooLong: number;
  /** All bytes of the file are in the memory, from LINES on. */
  isInMemory: boolean;
}

/** Called with ASK_… whenever the walk stops. */
export type OnAsk = (ask: number) => void;

const CHUNK_BYTES = 1 << 20;
/** An unfinished line that is longer loses the middle of its long strings. */
const LONG_LINE_BYTES = 8 << 20;
/** A line that is longer even then is passed over. */
const LONGEST_LINE_BYTES = 64 << 20;
const LINE_BREAK = 0x0a;
const CLOSE_BRACE = 0x7d;

interface Progress {
  /** Place in the file of the first byte that no line was taken from, and of the next byte to read. */
  offset: number;
  position: number;
  /** Number of times that bytes were read. */
  chunks: number;
  /** Bytes of an unfinished line in the memory. */
  kept: number;
  /** Greatest length. */
  most: number;
  /** It is too long: its bytes are dropped. */
  isPassed: boolean;
  tooLong: number;
}

/**
 * Walks over the lines of a file. Lines end with `\n` only, because JSON strings may hold other separators. A last line without a line
 * break is read if it is a whole entry, and is left for the next time if it is not. How much memory this takes does not depend on the
 * length of lines.
 */
export function readLines(reader: Reader, source: LineSource, onAsk: OnAsk): LinesRead {
  const from = skipLineBreak(source);
  const { offset } = from;
  const at: Progress = {
    offset,
    position: offset,
    chunks: 0,
    kept: 0,
    most: LONG_LINE_BYTES,
    isPassed: false,
    tooLong: 0,
  };
  reader.state[STATE_LINE] = from.line;
  while (at.position < source.size && readChunk(reader, source, at, onAsk));
  const isWhole = takeLastLine(reader, source.wanted, at.kept, onAsk);
  const line = reader.state[STATE_LINE] ?? 0;
  const readTo = isWhole
    ? { offset: at.position, line, unterminated: true }
    : { offset: at.offset, line, unterminated: from.unterminated };
  const isInMemory = offset === 0 && at.chunks === 1 && at.kept === 0;
  return { readTo, tooLong: at.tooLong, isInMemory };
}

/** The line break of a line that was read without one does not start another line. */
function skipLineBreak({ fd, from }: LineSource): ReadTo {
  if (!from.unterminated) return from;
  const head = Buffer.alloc(2);
  const next = head.toString("latin1", 0, readSync(fd, head, 0, 2, from.offset));
  if (next === "" || next === "\r") return from; // it is not there yet
  const length = next.startsWith("\n") ? 1 : next === "\r\n" ? 2 : 0;
  return { ...from, offset: from.offset + length, unterminated: false };
}

/** Reads the next bytes and takes the lines that end in them; false if the file has shrunk. */
function readChunk(reader: Reader, { fd, size, wanted }: LineSource, at: Progress, onAsk: OnAsk): boolean {
  const searched = LINES + at.kept;
  reader.makeRoom(searched + CHUNK_BYTES);
  const most = Math.min(CHUNK_BYTES, size - at.position);
  const read = readSync(fd, reader.bytes, searched, most, at.position);
  const filled = searched + read;
  const end = reader.walk.endOfLines(searched, filled);
  at.position += read;
  at.chunks++;
  if (end > searched) {
    takeLines(reader, wanted, at.isPassed ? endPassedLine(reader, at) : LINES, end, onAsk);
    reader.bytes.copyWithin(LINES, end, filled);
    at.kept = filled - end;
    at.offset = at.position - at.kept;
    at.most = LONG_LINE_BYTES;
  } else {
    at.kept += read;
    if (at.isPassed || at.kept > at.most) shortenLine(reader, at);
  }
  return read > 0;
}

function shortenLine(reader: Reader, at: Progress): void {
  if (!at.isPassed) at.kept = reader.walk.shorten(LINES, LINES + at.kept) - LINES;
  at.isPassed ||= at.kept > LONGEST_LINE_BYTES;
  // Twice as much, so that a line without long strings is not looked at after every chunk.
  at.most = Math.max(LONG_LINE_BYTES, Math.min(2 * at.kept, LONGEST_LINE_BYTES));
  if (at.isPassed) at.kept = 0;
}

/** Returns the address behind a line that was passed over. */
function endPassedLine(reader: Reader, at: Progress): number {
  at.isPassed = false;
  at.tooLong++;
  (reader.state[STATE_LINE] as number)++;
  return reader.bytes.indexOf(LINE_BREAK, LINES) + 1;
}

/** Takes the lines between two addresses. */
function takeLines({ walk, state }: Reader, wanted: number, start: number, end: number, onAsk: OnAsk): void {
  for (let next = start; next < end; next = state[STATE_NEXT] as number) {
    const ask = walk.walk(wanted, next, end);
    if (ask !== ASK_NOTHING) onAsk(ask);
  }
}

/** Takes a last line without a line break; false if it is not a whole entry. */
function takeLastLine(reader: Reader, wanted: number, length: number, onAsk: OnAsk): boolean {
  const { bytes } = reader;
  const end = LINES + length;
  if (length === 0 || bytes[end - 1] !== CLOSE_BRACE || !parseEntry(bytes, LINES, end)) return false;
  bytes[end] = LINE_BREAK;
  takeLines(reader, wanted, LINES, end + 1, onAsk);
  return true;
}
