import { existsSync, readFileSync } from "node:fs";
import type { JudgedTask } from "../domain/judged-task.ts";
import { contentText, type Fields, fieldsOf, listOf, textOf } from "../transcripts/fields.ts";
import { readAgentDescription } from "../transcripts/meta.ts";
import { withoutClientText } from "../transcripts/client-text.ts";
import { promptTitle } from "../transcripts/prompt-title.ts";

/** Nothing longer fits a line. */
const TITLE_CHARS = 80;
const LINE_BREAK = 10;

/**
 * Reads the beginning of each turn's prompt from its transcript, and the description that an agent run was called with. Nothing of it is kept.
 * A task whose transcript is gone has none.
 */
export function readTitles(tasks: readonly JudgedTask[]): ReadonlyMap<JudgedTask, string> {
  const titles = new Map<JudgedTask, string>();
  for (const [file, own] of Map.groupBy(tasks, (task) => task.file)) {
    if (!existsSync(file)) continue;
    const lines = readLines(readFileSync(file), new Set(own.map(({ line }) => line)));
    for (const task of own) {
      const message = messageOf(lines.get(task.line));
      const title = task.kind === "turn" ? promptOf(message) : descriptionOf(message, task);
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

function promptOf(message: Fields): string {
  return promptTitle(withoutClientText(contentText(message["content"])), TITLE_CHARS);
}

/** A run without a file of its own is found at its call; beside a file of its own the client keeps what the call said. */
function descriptionOf(message: Fields, { file }: JudgedTask): string {
  const call = listOf(message["content"])
    .map(fieldsOf)
    .find(({ type, name }) => type === "tool_use" && (name === "Agent" || name === "Task"));
  const description = call ? textOf(fieldsOf(call["input"])["description"]) : readAgentDescription(file);
  return promptTitle(description, TITLE_CHARS);
}

/** A line that is not JSON has no title: whatever is wrong with it, the scan has counted it. */
function messageOf(line = ""): Fields {
  try {
    return fieldsOf(fieldsOf(JSON.parse(line) as unknown)["message"]);
  } catch {
    return {};
  }
}
