/** An answer as JSON for programs: one object, indented, with a final newline. */
export function renderJson(answer: object): string {
  return `${JSON.stringify(answer, null, 2)}\n`;
}
