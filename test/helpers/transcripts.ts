import { readFileSync } from "node:fs";
import type { Event } from "../../src/domain/event.ts";
import type { Fields } from "../../src/transcripts/fields.ts";
import { createSideChains } from "../../src/transcripts/side-chains.ts";
import { createObserver } from "../../src/transcripts/observe/observe.ts";

/** Every entry of a transcript through the observer, parsed the slow way. */
export function observeFile(file: string): Event[] {
  return observeLines(readFileSync(file, "utf8").split("\n"));
}

function observeLines(lines: readonly string[]): Event[] {
  const observer = createObserver();
  const chains = createSideChains();
  lines.forEach((line, index) => {
    if (line === "") return;
    const entry = JSON.parse(line) as Fields;
    const whole = chains.withAgent(entry);
    if (whole === entry) observer.entry(entry, index + 1);
    else observer.sideChain(whole, index + 1);
  });
  return observer.takeEvents();
}
