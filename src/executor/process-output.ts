import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** Passes on what a stream yields as text; a character that is cut by a chunk is put together again. */
export function readText(stream: Readable | null, add: (text: string) => void): void {
  const decoder = new StringDecoder("utf8");
  stream?.on("data", (chunk: Buffer) => add(decoder.write(chunk)));
}

/** Puts lines together from pieces of text. */
interface LineReader {
  add(text: string): void;
  /** Passes on what follows the last line break. */
  end(): void;
}

/** Longer lines are left out: they are the contents of files, and a string has its limits. */
const LINE_CHARS = 256 * 1024 * 1024;

/** Calls `onLine` with every whole line, in time linear to their length. */
export function createLineReader(onLine: (line: string) => void, maxChars = LINE_CHARS): LineReader {
  let pieces: string[] = [];
  let chars = 0;
  const grow = (piece: string): void => {
    chars += piece.length;
    if (chars <= maxChars) pieces.push(piece);
    else pieces = [];
  };
  const finish = (): void => {
    if (chars <= maxChars) onLine(pieces.join(""));
    [pieces, chars] = [[], 0];
  };
  return {
    add(text) {
      let from = 0;
      for (let to = text.indexOf("\n"); to >= 0; to = text.indexOf("\n", from)) {
        grow(text.slice(from, to));
        finish();
        from = to + 1;
      }
      if (from < text.length) grow(text.slice(from));
    },
    end() {
      if (chars > 0) finish();
    },
  };
}

/** Keeps the beginning and the end of the text that passes through it. */
export interface OutputWindow {
  add(text: string): void;
  text(): string;
}

/** Lengths of a long output's start and end that are kept: failures are usually at the end. */
const HEAD_CHARS = 2000;
const TAIL_CHARS = 10_000;

export function createOutputWindow(headChars = HEAD_CHARS, tailChars = TAIL_CHARS): OutputWindow {
  let [head, tail, leftOut] = ["", "", 0];
  return {
    add(text) {
      const room = headChars - head.length;
      head += text.slice(0, room);
      tail += text.slice(room);
      if (tail.length > tailChars) {
        leftOut += tail.length - tailChars;
        tail = tail.slice(-tailChars);
      }
    },
    text: () => (leftOut === 0 ? head + tail : `${head}\n[… ${leftOut} characters left out …]\n${tail}`),
  };
}
