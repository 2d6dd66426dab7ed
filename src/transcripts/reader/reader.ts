import type { Rows } from "./request-rows.ts";
import { WIDTH } from "../../domain/file-scan.ts";
import {
  FIELD_SLOTS,
  FIELDS,
  FOLDER,
  KEYS,
  LINES,
  ROWS,
  SLACK_BYTES,
  STATE,
  STATE_END,
  STATE_FOLDER,
  STATE_KEYS,
  STATE_ROWS,
  STATE_SLOTS,
  STATE_START,
  TEXT,
} from "./layout.ts";
import { createWalk, type Walk, type WalkModule } from "./module.ts";
import { NAMES } from "./names.ts";

/**
 * A walk and its memory. It serves one file after the other. Everything that it knows is in its own memory, so any number of readers can
 * work at the same time.
 */
export interface Reader {
  /** All of the memory. Growing makes a new view, so no view may be kept over `makeRoom`. */
  readonly bytes: Buffer;
  /** Numbers about the file and its current line: STATE_… */
  readonly state: Float64Array;
  /** Makes sure that bytes up to an address can be written, and some more can be loaded. */
  makeRoom(end: number): void;
  /** Address of the current line, and of the line break behind it. */
  currentLine(): { start: number; end: number };
  /** Returns the value of a field of the current line; undefined if the line does not have it. */
  readonly valueOf: (field: number) => unknown;
  /** Returns the requests found so far and empties their table. */
  takeRows(): Rows | undefined;
  /** Returns the first working directory; empty if no entry names one. */
  folder(): string;
  /** Functions of the walk. */
  readonly walk: Walk;
}

const PAGE_BYTES = 1 << 16;
const QUOTE = 0x22;

/** Makes a reader. */
export function createReader(module: WalkModule): Reader {
  const walk = createWalk(module);
  let bytes = Buffer.from(walk.memory.buffer);
  let state = numbersAt(walk, STATE, STATE_SLOTS);
  let fields = new Uint32Array(walk.memory.buffer, FIELDS, 2 * FIELD_SLOTS);

  function makeRoom(end: number): void {
    const missing = end + SLACK_BYTES - bytes.length;
    if (missing <= 0) return;
    walk.memory.grow(Math.ceil(Math.max(missing, bytes.length / 2) / PAGE_BYTES));
    bytes = Buffer.from(walk.memory.buffer);
    state = numbersAt(walk, STATE, STATE_SLOTS);
    fields = new Uint32Array(walk.memory.buffer, FIELDS, 2 * FIELD_SLOTS);
  }

  makeRoom(LINES);
  for (const { place, name, number, into = 0, each = 0 } of NAMES)
    walk.addName(place, TEXT, bytes.write(name, TEXT, "latin1"), number, into, each);

  return {
    walk,
    makeRoom,
    get bytes() {
      return bytes;
    },
    get state() {
      return state;
    },
    currentLine: () => ({ start: state[STATE_START] as number, end: state[STATE_END] as number }),
    valueOf(field) {
      const { [2 * field]: begin = 0, [2 * field + 1]: end = 0 } = fields;
      if (begin === 0) return undefined;
      const isText = bytes[begin - 1] === QUOTE;
      const raw = bytes.toString("utf8", begin, end);
      if (isText && !raw.includes("\\")) return raw;
      return JSON.parse(isText ? `"${raw}"` : raw);
    },
    takeRows() {
      const rows = state[STATE_ROWS] as number;
      if (rows === 0) return undefined;
      const keys = bytes.toString("latin1", KEYS, KEYS + (state[STATE_KEYS] as number) - 1);
      walk.emptyTables();
      return { keys, numbers: numbersAt(walk, ROWS, rows * WIDTH).slice() };
    },
    folder() {
      const raw = bytes.toString("utf8", FOLDER, FOLDER + (state[STATE_FOLDER] as number));
      return raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw;
    },
  };
}

function numbersAt({ memory }: Walk, address: number, count: number): Float64Array {
  return new Float64Array(memory.buffer, address, count);
}
