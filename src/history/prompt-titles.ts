import { existsSync, readFileSync } from "node:fs";
import type { JudgedTask } from "../domain/judged-task.ts";
import { contentText, fieldsOf } from "../transcripts/fields.ts";
import { withoutClientText } from "../transcripts/observe/observe-user.ts";

/** Nothing longer fits a line. */
const TITLE_CHARS = 80;
const LINE_BREAK = 10;

/**
 * Reads the beginning of each turn's prompt from its transcript. Nothing of it is kept. A turn whose transcript is gone has none.
 */
export function readTitles(tasks: readonly JudgedTask[]): ReadonlyMap<JudgedTask, string> {
  const titles = new Map<JudgedTask, string>();
  const turns = tasks.filter(({ kind }) => kind === "turn");
  for (const [file, own] of Map.groupBy(turns, (task) => task.file)) {
    if (!existsSync(file)) continue;
    const lines = readLines(readFileSync(file), new Set(own.map(({ line }) => line)));
    for (const task of own) {
      const title = titleOf(lines.get(task.line));
      if (title !== "") titles.set(task, title);
    }
  }
  return titles;
}

/** Returns some lines of a file by their numbers, from 1. */
export function readLines(bytes: Buffer, wanted: ReadonlySet<number>): Map<number, string> {
  const found = new Map<number, string>();
  let line = 0;
  for (let start = 0; start < bytes.length && found.size < wanted.size;) {
    const end = bytes.indexOf(LINE_BREAK, start);
    const stop = end < 0 ? bytes.length : end;
    line++;
    if (wanted.has(line)) found.set(line, bytes.toString("utf8", start, stop));
    start = stop + 1;
  }
  return found;
}

function titleOf(line: string | undefined): string {
  if (line === undefined) return "";
  const text = withoutClientText(contentText(fieldsOf(messageOf(line))["content"]));
  const words = text.replaceAll(/\s+/g, " ").trim();
  return words.length > TITLE_CHARS ? `${words.slice(0, TITLE_CHARS - 1).trimEnd()}…` : words;
}

/** A line that is not JSON has no title: whatever is wrong with it, the scan has counted it. */
function messageOf(line: string): unknown {
  try {
    return fieldsOf(JSON.parse(line) as unknown)["message"];
  } catch {
    return undefined;
  }
}
