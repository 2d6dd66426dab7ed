import type { Check } from "../../domain/check.ts";
import { hashName } from "../../domain/hashed-words.ts";
import { createMemory } from "./memory.ts";
import { pathFrom } from "./places.ts";
import { findChecks, type FoundCheck, type ShellSurroundings } from "./verification.ts";

/** `[test:ci] $ go test ./...` of mise, `$ tsc --noEmit` of bun, `> vitest run` of npm. */
const ECHO = /^(?:\[([\w:.-]+)\] )?(?:\$ |> )(\S.*)$/gm;
const MOST_PRINTED = 6;

/** Returns the verifications that a task runner printed before it started them, without the one that is known. */
export function commandsPrinted(
  { check, script }: FoundCheck,
  text: string,
  where: ShellSurroundings,
): Check[] {
  // Looking for the signs themselves first is faster.
  if (script === undefined || !(text.includes("$ ") || text.includes("> "))) return [];
  const found: Check[] = [];
  const cwd = pathFrom(where.root, check.where || ".");
  for (const [, label, command = ""] of text.matchAll(ECHO)) {
    if (label !== undefined && !hashName(label).startsWith(script)) continue;
    for (const own of checksIn(command, { ...where, cwd }))
      if ((own.kind === check.kind || check.kind === "all") && found.length < MOST_PRINTED) found.push(own);
  }
  return found;
}

function checksIn(command: string, where: ShellSurroundings): readonly Check[] {
  return remember(`${where.root}\n${where.cwd}\n${command}`, () =>
    findChecks(command, where).map(({ check }) => check),
  );
}

/** Each run of a script prints the same. */
const remember = createMemory<readonly Check[]>(500);

/** Returns whether the task runner itself says that the script failed. */
export function scriptFailed({ script }: FoundCheck, text: string): boolean {
  if (script === undefined) return false;
  for (const pattern of SCRIPT_FAILED)
    for (const [, name] of text.matchAll(pattern))
      if (name === undefined || hashName(name).startsWith(script)) return true;
  return false;
}

const SCRIPT_FAILED: readonly RegExp[] = [
  /^error: script "([^"]+)" exited with code [1-9]/gm, // bun
  /^\[([\w:.-]+)\] ERROR task failed/gm, // mise
  /^npm (?:ERR!|error) (?:code ELIFECYCLE|Lifecycle script `([^`]+)` failed)/gm,
  / ELIFECYCLE /g, // pnpm
  /^error Command failed with exit code/gm, // yarn
  /^g?make(?:\[\d+\])?: \*\*\* \[(?:[^\]\n]*: )?([\w:.-]+)\]/gm,
  /^error: Recipe `([^`]+)` failed/gm, // just
];

/** Returns the output without the lines in which a task runner repeats its commands. */
export function withoutEcho(text: string): string {
  return text.replaceAll(ECHO, "");
}
