import { inputSize } from "../blocks/sizes.ts";
import type { HashedText } from "../observe/hash.ts";
import { fieldsOf } from "../fields.ts";
import type { Rows } from "./request-rows.ts";
import { WIDTH } from "../../domain/file-scan.ts";
import {
  FIELD_SLOTS,
  FIELDS,
  FOLDER,
  HASH_SLOTS,
  HASHES,
  HASHES_SAID,
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
  /** Returns whether the value of a field of the current line is `true`. */
  isTrue(field: number): boolean;
  /** Returns how many characters a field of the current line has; 0 if it is not a string. */
  lengthOf(field: number): number;
  /** Returns the size of a call's input as `inputSize` of blocks/sizes.ts counts it. */
  inputSize(field: number): number;
  /** Returns the address of a string of the current line, and the one behind it, quotes included; undefined if it is not a string. */
  textAt(field: number): { start: number; end: number } | undefined;
  /** Returns whether the current line has a field. */
  has(field: number): boolean;
  /** Returns whether two fields of the current line are the same place. */
  isSame(field: number, other: number): boolean;
  /** Returns a string of the current line by its hashes, as `hashLines` of observe/hash.ts does; undefined if it has to be parsed. */
  hashLines(field: number): HashedText | undefined;
  /** Returns the requests found so far and empties their table. */
  takeRows(): Rows | undefined;
  /** Returns the first working directory; empty if no entry names one. */
  folder(): string;
  /** Functions of the walk. */
  readonly walk: Walk;
}

const PAGE_BYTES = 1 << 16;
/** Longer texts are likely to have escapes. */
const SHORT_BYTES = 256;
const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const LETTER_T = 0x74;

/** Makes a reader. */
export function createReader(module: WalkModule): Reader {
  return new WalkReader(module);
}

class WalkReader implements Reader {
  readonly walk: Walk;
  bytes: Buffer;
  state: Float64Array;
  private fields: Uint32Array;

  constructor(module: WalkModule) {
    this.walk = createWalk(module);
    this.bytes = Buffer.from(this.walk.memory.buffer);
    this.state = numbersAt(this.walk, STATE, STATE_SLOTS);
    this.fields = fieldsIn(this.walk);
    this.makeRoom(LINES);
    for (const { place, name, number, into = 0, each = 0 } of NAMES)
      this.walk.addName(place, TEXT, this.bytes.write(name, TEXT, "latin1"), number, into, each);
  }

  makeRoom(end: number): void {
    const { walk, bytes } = this;
    const missing = end + SLACK_BYTES - bytes.length;
    if (missing <= 0) return;
    walk.memory.grow(Math.ceil(Math.max(missing, bytes.length / 2) / PAGE_BYTES));
    this.bytes = Buffer.from(walk.memory.buffer);
    this.state = numbersAt(walk, STATE, STATE_SLOTS);
    this.fields = fieldsIn(walk);
  }

  currentLine(): { start: number; end: number } {
    return { start: this.state[STATE_START] as number, end: this.state[STATE_END] as number };
  }

  readonly valueOf = (field: number): unknown => {
    const { bytes, fields } = this;
    const begin = fields[2 * field] as number;
    if (begin === 0) return undefined;
    const end = fields[2 * field + 1] as number;
    if (bytes[begin - 1] !== QUOTE) return JSON.parse(bytes.toString("utf8", begin, end));
    if (end - begin > SHORT_BYTES) return JSON.parse(bytes.toString("utf8", begin - 1, end + 1));
    const raw = bytes.toString("utf8", begin, end);
    return raw.includes("\\") ? JSON.parse(`"${raw}"`) : raw;
  };

  isTrue(field: number): boolean {
    const begin = this.fields[2 * field] as number;
    return begin > 0 && this.bytes[begin] === LETTER_T && this.bytes[begin - 1] !== QUOTE;
  }

  has(field: number): boolean {
    return this.fields[2 * field] !== 0;
  }

  isSame(field: number, other: number): boolean {
    return this.fields[2 * field] === this.fields[2 * other];
  }

  private isText(field: number): boolean {
    const begin = this.fields[2 * field] as number;
    return begin > 0 && this.bytes[begin - 1] === QUOTE;
  }

  textAt(field: number): { start: number; end: number } | undefined {
    if (!this.isText(field)) return undefined;
    return { start: (this.fields[2 * field] as number) - 1, end: (this.fields[2 * field + 1] as number) + 1 };
  }

  lengthOf(field: number): number {
    const { fields, walk } = this;
    return this.isText(field)
      ? walk.textLength(fields[2 * field] as number, fields[2 * field + 1] as number)
      : 0;
  }

  hashLines(field: number): HashedText | undefined {
    if (!this.isText(field)) return undefined;
    const { fields, walk } = this;
    const said = walk.hashLines(fields[2 * field] as number, fields[2 * field + 1] as number);
    if (said < 0 || said > HASH_SLOTS) return undefined;
    const [hash, lines] = new Uint32Array(walk.memory.buffer, HASHES, 2) as unknown as [number, number];
    return { hash, lines, said: new Set(new Int32Array(walk.memory.buffer, HASHES_SAID, said)) };
  }

  inputSize(field: number): number {
    const begin = this.fields[2 * field] as number;
    const isObject = begin > 0 && this.bytes[begin] === OPEN_BRACE;
    const size = isObject ? this.walk.inputSize(begin) : -1;
    return size >= 0 ? size : inputSize(fieldsOf(this.valueOf(field)));
  }

  takeRows(): Rows | undefined {
    const rows = this.state[STATE_ROWS] as number;
    if (rows === 0) return undefined;
    const keys = this.bytes.toString("latin1", KEYS, KEYS + (this.state[STATE_KEYS] as number) - 1);
    this.walk.emptyTables();
    return { keys, numbers: numbersAt(this.walk, ROWS, rows * WIDTH).slice() };
  }

  folder(): string {
    const raw = this.bytes.toString("utf8", FOLDER, FOLDER + (this.state[STATE_FOLDER] as number));
    return raw.includes("\\") ? (JSON.parse(`"${raw}"`) as string) : raw;
  }
}

function fieldsIn({ memory }: Walk): Uint32Array {
  return new Uint32Array(memory.buffer, FIELDS, 2 * FIELD_SLOTS);
}

function numbersAt({ memory }: Walk, address: number, count: number): Float64Array {
  return new Float64Array(memory.buffer, address, count);
}
