import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { isSystemError } from "../errors.ts";
import { type Fields, fieldsOf, textOf } from "./fields.ts";
import { promptWords } from "./client-text.ts";
import { promptTitle } from "./prompt-title.ts";

/** Longer words of a prompt would not fit a line. */
const MOST_CHARS = 60;
/** Number of bytes to read at both ends of a transcript. The client writes its titles again at the end, and reads them there itself. */
const END_BYTES = 65_536;
/** Number of bytes of the beginning if the first prompt is not in the usual part: some paste a whole document. */
const LONG_HEAD_BYTES = 1 << 20;

/**
 * Returns the title of a transcript's session: the name that the user gave it, the client's own title, a summary of it, a slug, or the
 * first words of the first prompt. Reads only both ends of the file. Empty if it has none of these or is gone.
 */
export function readTitle(path: string): string {
  return readTitleAndPrompt(path).title;
}

/** Returns the title of a transcript's session, and its first prompt in full, as far as it is at the beginning of the file. */
export function readTitleAndPrompt(path: string): { title: string; prompt: string } {
  const { head, tail } = readEnds(path);
  const entries = [...head, ...tail];
  const prompt = firstPrompt(head);
  const last = (titleOf: (entry: Fields) => string): string =>
    titleOf(entries.findLast((entry) => titleOf(entry) !== "") ?? {});
  const title =
    last((entry) => textOf(entry["customTitle"])) ||
    last((entry) => textOf(entry["aiTitle"])) ||
    last((entry) => (isOwnSummary(entry, entries) ? textOf(entry["summary"]) : "")) ||
    last((entry) => (entry["type"] === "slug" ? textOf(entry["slug"]) : "")) ||
    promptTitle(prompt, MOST_CHARS) ||
    last((entry) => textOf(entry["slug"]));
  return { title, prompt };
}

/** Older clients put summaries of other sessions into a transcript: the entry that one ends with shows whose it is. */
function isOwnSummary({ type, leafUuid }: Fields, entries: readonly Fields[]): boolean {
  return type === "summary" && entries.some(({ uuid }) => uuid === leafUuid);
}

function firstPrompt(entries: readonly Fields[]): string {
  for (const entry of entries) {
    const words = promptWords(entry);
    if (words !== "") return words;
  }
  return "";
}

/** Returns the entries at both ends of a file, or all of a short one; none if it cannot be read. */
function readEnds(path: string): { head: Fields[]; tail: Fields[] } {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return { head: [], tail: [] };
  }
  try {
    const { size } = fstatSync(file);
    const head = readHead(file, size);
    const from = Math.max(head.bytes, size - END_BYTES);
    return { head: head.entries, tail: parseLines(readAt(file, from, Math.max(0, size - from))) };
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return { head: [], tail: [] }; // a folder, or a fault of the disk
  } finally {
    closeSync(file);
  }
}

/** Returns the entries at the beginning of a file: more of them where the first prompt is too long for the usual part. */
function readHead(file: number, size: number): { entries: Fields[]; bytes: number } {
  // A line that lies across two parts would be lost.
  const upTo = (bytes: number): number => (size <= bytes + END_BYTES ? size : bytes);
  const [few, many] = [upTo(END_BYTES), upTo(LONG_HEAD_BYTES)];
  const entries = parseLines(readAt(file, 0, few));
  return few === many || firstPrompt(entries) !== ""
    ? { entries, bytes: few }
    : { entries: parseLines(readAt(file, 0, many)), bytes: many };
}

function readAt(file: number, position: number, length: number): string {
  const bytes = Buffer.alloc(length);
  return bytes.toString("utf8", 0, readSync(file, bytes, 0, length, position));
}

/** Returns the entries of the lines that are whole; those that are cut at the ends, or torn, have no title. */
function parseLines(text: string): Fields[] {
  return text.split("\n").flatMap((line) => {
    try {
      return [fieldsOf(JSON.parse(line))];
    } catch {
      return [];
    }
  });
}
