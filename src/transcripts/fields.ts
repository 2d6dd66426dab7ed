/** The fields of a parsed JSON object, not checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** Returns whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the fields of an object; none for any other value. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** Returns a string; an empty one for any other value. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Returns a string that is not empty; undefined for any other value. */
export function optionalText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Returns a finite number; undefined for any other value. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The times that a year of four digits can name, in ms since the epoch. */
const [FIRST_TIME, LAST_TIME] = [Date.parse("0000-01-01"), Date.parse("9999-12-31T23:59:59.999Z")];

/** Returns the time of an entry in ms since the epoch; NaN if it has none, or one that no calendar shows. */
export function timeIn({ timestamp }: Fields): number {
  const at = Date.parse(textOf(timestamp));
  return at >= FIRST_TIME && at <= LAST_TIME ? at : Number.NaN;
}

/** Returns the items of an array; none for any other value. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns the text of a message or a tool result: its content if that is a string, otherwise that of its text blocks. */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content)
    .map((block) => textOf(fieldsOf(block)["text"]))
    .filter((text) => text !== "")
    .join("\n");
}
