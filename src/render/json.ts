import { escapeControl } from "./text.ts";

/**
 * An answer as JSON for programs: one object, indented, with a final newline. Control characters and direction marks that JSON
 * would let through as they are become `\u009b` and the like, which is the same to a program and harmless to a terminal.
 */
export function renderJson(answer: object): string {
  return `${escapeControl(JSON.stringify(answer, null, 2))}\n`;
}

/** An answer with what every one has (docs/json.md, Common): about no period, and of nothing read, where nobody says else. */
export function renderAnswer(command: string, fields: object, diagnostics: object = NOTHING_READ): string {
  const common = { schemaVersion: 1, command, period: NO_PERIOD, currency: "USD" };
  return renderJson({ ...common, ...fields, diagnostics });
}

const NO_PERIOD = { since: null, until: null, timezone: "UTC" };
const NOTHING_READ = { files: 0, entries: 0, skipped: 0, byCode: {}, unknownTypes: {}, unreadable: [] };
