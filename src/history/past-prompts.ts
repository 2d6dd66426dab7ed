import { existsSync, readFileSync } from "node:fs";
import type { JudgedTask } from "../domain/judged-task.ts";
import { contentText, fieldsOf, textOf } from "../transcripts/fields.ts";
import { withoutClientText } from "../transcripts/client-text.ts";
import { readLines } from "./prompt-titles.ts";

/** The prompt of a task, as its transcript still has it. */
export interface PastPrompt {
  text: string;
  /** The branch that was checked out; empty if unknown. */
  branch: string;
}

/** Reads the prompt of a task from its transcript; undefined if that is gone. Nothing of it is kept. */
export function readPastPrompt({ kind, file, line, agentId }: JudgedTask): PastPrompt | undefined {
  if (!existsSync(file)) return undefined;
  const entry = entryOf(readLines(readFileSync(file), new Set([line])).get(line));
  // A run that only its parent's transcript knows has no prompt of its own.
  if (entry["type"] !== "user" || (kind === "agent-run" && entry["agentId"] !== agentId)) return undefined;
  const text = withoutClientText(contentText(fieldsOf(entry["message"])["content"])).trim();
  return text === "" ? undefined : { text, branch: textOf(entry["gitBranch"]) };
}

/** A line that is not JSON has no prompt: the scan has counted it. */
function entryOf(line: string | undefined): Record<string, unknown> {
  try {
    return fieldsOf(JSON.parse(line ?? "") as unknown);
  } catch {
    return {};
  }
}
