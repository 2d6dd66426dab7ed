import { readFileSync } from "node:fs";
import type { ThreadBlocks } from "../../domain/ledger-input.ts";
import { isSystemError } from "../../errors.ts";
import { type Fields, fieldsOf, isFields, textOf } from "../fields.ts";
import { createBlockReader } from "./reader.ts";

/** Counts up when the same lines give other blocks, so that transcripts are read again. */
export const CONTENT_READER = 2;

/**
 * Reads the content blocks of a transcript, and why requests missed the cache, by the ids of their messages. Undefined if the
 * file cannot be read.
 */
export function readContent(
  path: string,
): { threads: ThreadBlocks[]; missed: Map<string, string> } | undefined {
  const blocks = createBlockReader();
  const missed = new Map<string, string>();
  const bytes = readBytes(path);
  if (!bytes) return undefined;
  forEachEntry(bytes, (entry, line) => {
    blocks.entry(entry, line);
    const message = fieldsOf(entry["message"]);
    const reason = missReason(message);
    if (reason !== "") missed.set(textOf(message["id"]), reason);
  });
  return { threads: blocks.take(), missed };
}

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return undefined; // it was there a moment ago, when its requests were read
  }
}

/** A client that was killed leaves a torn line, and the next one writes on behind it. */
const NEXT_ENTRY = '{"parentUuid":';

function forEachEntry(bytes: Buffer, take: (entry: Fields, line: number) => void): void {
  let line = 0;
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(10, start);
    const text = bytes.toString("utf8", start, end < 0 ? bytes.length : end);
    start = end < 0 ? bytes.length : end + 1;
    line++;
    const entry = parse(text) ?? parse(text.slice(Math.max(1, text.lastIndexOf(NEXT_ENTRY))));
    if (entry) take(entry, line);
  }
}

function parse(text: string): Fields | undefined {
  try {
    const entry: unknown = JSON.parse(text);
    return isFields(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Known only for the Anthropic API, whose message ids are keys of requests. */
function missReason(message: Fields): string {
  const diagnostics = fieldsOf(message["diagnostics"]);
  return textOf(fieldsOf(diagnostics["cache_miss_reason"])["type"]).slice(0, 60);
}
