import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { isSystemError } from "../errors.ts";
import { type Fields, fieldsOf, textOf } from "./fields.ts";
import { promptWords } from "./observe/observe-user.ts";
import { promptTitle } from "./prompt-title.ts";

/** Longer words of a prompt would not fit a line. */
const MOST_CHARS = 60;
/** Number of bytes to read at both ends of a transcript. The client writes its titles again at the end, and reads them there itself. */
const END_BYTES = 65_536;

/**
 * Returns the title of a transcript's session: the name that the user gave it, the client's own title, a summary of it, a slug, or the
 * first words of the first prompt. Reads only both ends of the file. Empty if it has none of these or is gone.
 */
export function readTitle(path: string): string {
  return readTitleAndPrompt(path).title;
}

/** Returns the title of a transcript's session, and its first prompt in full, as far as it is at the beginning of the file. */
export function readTitleAndPrompt(path: string): { title: string; prompt: string } {
  const entries = parseLines(readEnds(path) ?? "");
  const prompt = firstPrompt(entries);
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

/** Returns both ends of a file, or all of a short one; undefined if it cannot be read. */
function readEnds(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return undefined;
  }
  try {
    const { size } = fstatSync(file);
    const from = Math.max(END_BYTES, size - END_BYTES);
    return [readAt(file, 0, Math.min(size, END_BYTES)), readAt(file, from, Math.max(0, size - from))].join(
      "",
    );
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return undefined; // a folder, or a fault of the disk
  } finally {
    closeSync(file);
  }
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
