import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../errors.ts";
import type { HookPlaces } from "./places.ts";

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** Returns the local day of a moment: `2026-11-28`. */
export function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Returns whether this is the first time today that something is about to be shown; of clients that ask at once only one gets true. */
export function isFirstToday({ folder }: HookPlaces, what: string, now: number): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, `${what}-${dayOf(now)}`), "", { flag: "wx" });
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === undefined) throw thrown;
    return false; // it was shown today, or nothing can be written: it is not shown again and again
  }
}
