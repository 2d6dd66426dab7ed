import { readFileSync } from "node:fs";
import { isSystemError } from "../errors.ts";
import { fieldsOf, textOf } from "./fields.ts";

/** Names of fields that hold a title, the user's own first. */
const TITLES = ['"customTitle"', '"aiTitle"', '"summary"'] as const;

/** Returns the name that the user or the client gave to the session of a transcript; empty if it has none or is gone. */
export function readTitle(path: string): string {
  const bytes = readBytes(path);
  if (!bytes) return "";
  for (const name of TITLES) {
    const at = bytes.lastIndexOf(name);
    const title = at < 0 ? "" : titleIn(lineAround(bytes, at));
    if (title !== "") return title;
  }
  return "";
}

function readBytes(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return undefined;
  }
}

function lineAround(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(10, at);
  return bytes.toString("utf8", bytes.lastIndexOf(10, at) + 1, end < 0 ? bytes.length : end);
}

function titleIn(line: string): string {
  try {
    const entry = fieldsOf(JSON.parse(line));
    return (
      textOf(entry["customTitle"]) ||
      textOf(entry["aiTitle"]) ||
      (entry["type"] === "summary" ? textOf(entry["summary"]) : "")
    );
  } catch {
    return ""; // a torn line
  }
}
