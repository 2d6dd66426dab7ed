import { escapeControl } from "./text.ts";

/**
 * An answer as JSON for programs: one object, indented, with a final newline. Control characters and direction marks that JSON
 * would let through as they are become `\u009b` and the like, which is the same to a program and harmless to a terminal.
 */
export function renderJson(answer: object): string {
  return `${escapeControl(JSON.stringify(answer, null, 2))}\n`;
}
