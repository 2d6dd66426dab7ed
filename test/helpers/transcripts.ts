import { readFileSync } from "node:fs";
import type { Event } from "../../src/domain/event.ts";
import { createObserver } from "../../src/transcripts/observe/observe.ts";

/** Every entry of a transcript through the observer, parsed the slow way. */
export function observeFile(file: string): Event[] {
  return observeLines(readFileSync(file, "utf8").split("\n"));
}

function observeLines(lines: readonly string[]): Event[] {
  const observer = createObserver();
  lines.forEach((line, index) => {
    if (line !== "") observer.entry(JSON.parse(line) as object, index + 1);
  });
  return observer.takeEvents();
}
