import { isDeepStrictEqual } from "node:util";
import { editJson, type Json, jsonAt, type JsonPath, parseJsonObject, valueSpan } from "./edit-json.ts";

/**
 * Appends an item to a list in the text of a JSON object; makes the list where it is missing. Every other byte stays. Returns
 * undefined if the value there is not a list.
 */
export function appendItem(text: string, path: JsonPath, item: Json): string | undefined {
  const found = jsonAt(parseJsonObject(text), path);
  if (found === undefined) return editJson(text, path, [item]);
  if (!Array.isArray(found)) return undefined;
  const span = valueSpan(text, path);
  if (!span || found.length === 0) return editJson(text, path, [item]);
  const inner = text.slice(span.start, span.end - 1);
  const end = span.start + inner.trimEnd().length;
  const edited = text.slice(0, end) + separator(inner) + JSON.stringify(item) + text.slice(end);
  const meant = editJson(text, path, [...(found as readonly Json[]), item]);
  return meant !== undefined && isDeepStrictEqual(parseJsonObject(edited), parseJsonObject(meant))
    ? edited
    : meant;
}

/** Removes an item that was appended; the list goes with its last item. Returns the text itself if the item is not there. */
export function removeItem(text: string, path: JsonPath, item: Json): string | undefined {
  const found = jsonAt(parseJsonObject(text), path);
  if (!Array.isArray(found)) return text;
  const items = found as readonly Json[];
  const at = items.findLastIndex((one) => isDeepStrictEqual(one, item));
  if (at < 0) return text;
  const rest = items.toSpliced(at, 1);
  const meant = editJson(text, path, rest.length > 0 ? rest : undefined);
  const span = valueSpan(text, path);
  if (!span || meant === undefined || rest.length === 0) return meant;
  const inner = text.slice(span.start, span.end - 1);
  const written = separator(inner) + JSON.stringify(item);
  const place = text.lastIndexOf(written, span.end);
  if (place < span.start) return meant;
  const exact = text.slice(0, place) + text.slice(place + written.length);
  return isDeepStrictEqual(parseJsonObject(exact), parseJsonObject(meant)) ? exact : meant;
}

/** Returns what stands between the items of a list: a comma, and the white space behind its bracket. */
function separator(inner: string): string {
  const space = /^\[(\s*)/.exec(inner)?.[1] ?? "";
  return `,${space === "" ? " " : space}`;
}
