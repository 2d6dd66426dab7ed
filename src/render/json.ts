import { escapeControl } from "./text.ts";

/**
 * An answer as JSON for programs: one object, indented, with a final newline. Control characters and direction marks that JSON
 * would let through as they are become `\u009b` and the like, which is the same to a program and harmless to a terminal.
 */
export function renderJson(answer: object): string {
  return `${escapeControl(JSON.stringify(answer, null, 2))}\n`;
}

/** The answer of a command that read no transcript, with what every answer has (docs/json.md, Common). */
export function renderAnswer(command: string, fields: object): string {
  const common = { schemaVersion: 1, command, period: NO_PERIOD, currency: "USD" };
  return renderJson({ ...common, ...fields, diagnostics: NOTHING_READ });
}

const NO_PERIOD = { since: null, until: null, timezone: "UTC" };
const NOTHING_READ = { files: 0, entries: 0, skipped: 0, byCode: {}, unknownTypes: {} };
