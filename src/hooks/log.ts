import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { codeOf } from "../errors.ts";
import type { HookPlaces } from "./places.ts";

/** One decision of a hook. It holds no text of prompts, commands or answers. */
export interface LogEntry {
  /** ms since the epoch. */
  at: number;
  event: string;
  session: string;
  /** The agent that the decision is about; absent for the main session. */
  agent?: string;
  /** Short: `opus low`, `left`, `failed 2 of 2`. */
  decision: string;
  why: string;
}

/** Size from which on the log starts again; the one before is kept beside it. */
const MOST_BYTES = 512 * 1024;
const LONGEST_FIELD = 200;

/** Appends one line in a single write, so that lines of clients that run at once never mix. Fails silently: a hook must not. */
export function appendLog(places: HookPlaces, entry: LogEntry): void {
  const short = Object.fromEntries(
    Object.entries(entry).map(([key, value]) => [
      key,
      typeof value === "string" ? value.slice(0, LONGEST_FIELD) : value,
    ]),
  );
  appendLine(places.log, `${JSON.stringify(short)}\n`, MOST_BYTES);
}

/** Appends a line to a file that is renamed to `.old` once it is too large. */
export function appendLine(path: string, line: string, mostBytes: number): void {
  try {
    const file = openToAppend(path);
    try {
      writeSync(file, line);
      const { size, ino } = fstatSync(file);
      // Another client may have renamed it a moment ago.
      if (size > mostBytes && statSync(path).ino === ino) renameSync(path, `${path}.old`);
    } finally {
      closeSync(file);
    }
  } catch (thrown) {
    if (codeOf(thrown) === undefined) throw thrown;
  }
}

function openToAppend(path: string): number {
  try {
    return openSync(path, "a", 0o600);
  } catch (thrown) {
    if (codeOf(thrown) !== "ENOENT") throw thrown;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, "a", 0o600);
  }
}

/** Reads the log, the oldest entry first. Torn lines are left out. */
export function readLog({ log }: HookPlaces): LogEntry[] {
  return [`${log}.old`, log].flatMap(readLines).filter(isEntry);
}

/** Reads the JSON lines of a file; none if it is missing. */
export function readLines(path: string): unknown[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    if (codeOf(thrown) === undefined) throw thrown;
    return [];
  }
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as unknown];
    } catch {
      return []; // cut off by a full disk or a kill
    }
  });
}

function isEntry(value: unknown): value is LogEntry {
  const { at, event, session, decision, why } = (value ?? {}) as Partial<Record<keyof LogEntry, unknown>>;
  return typeof at === "number" && [event, session, decision, why].every((text) => typeof text === "string");
}
