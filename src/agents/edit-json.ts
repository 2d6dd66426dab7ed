import { isDeepStrictEqual } from "node:util";
import { isObject } from "../domain/objects.ts";

/** A value of a JSON file. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Keys from the outermost object inwards. */
export type JsonPath = readonly string[];

/**
 * Sets one value in the text of a JSON object, or removes it if `value` is undefined. Formatting, order and every other byte stay.
 * Missing objects above it are added in the file's own indentation. `text` must be valid JSON. Returns undefined if the result would
 * not parse to the intended object (a key that occurs twice, a value above it that is not an object).
 */
export function editJson(text: string, path: JsonPath, value: Json | undefined): string | undefined {
  const edited = value === undefined ? removeAt(text, path) : setAt(text, path, value);
  try {
    const meant = withValue(JSON.parse(stripBom(text)) as Json, path, value);
    return isDeepStrictEqual(JSON.parse(stripBom(edited)), meant) ? edited : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the value at a path, or undefined. */
export function jsonAt(json: Json | undefined, path: JsonPath): Json | undefined {
  return path.reduce<Json | undefined>(
    (at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined),
    json,
  );
}

/** Returns the values of nested objects by their path; a list is a value. */
export function leavesIn(values: object, above: JsonPath = []): (readonly [JsonPath, Json])[] {
  return Object.entries(values).flatMap(([name, value]): (readonly [JsonPath, Json])[] => {
    const path = [...above, name];
    return isObject(value) ? leavesIn(value, path) : [[path, value as Json]];
  });
}

/** Parses the text of a file; undefined if it is not a JSON object. */
export function parseJsonObject(text: string): { readonly [key: string]: Json } | undefined {
  try {
    const json = JSON.parse(stripBom(text)) as Json;
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function stripBom(text: string): string {
  return text.replace(/^\uFEFF/, "");
}

/** Returns a copy with one value changed. Removes objects that a removal leaves empty, as `removeAt` does. */
function withValue(json: Json, path: JsonPath, value: Json | undefined): Json {
  const [key, ...rest] = path;
  if (key === undefined || !isObject(json)) return json;
  const { [key]: old, ...others } = json;
  if (rest.length === 0) return value === undefined ? others : { ...json, [key]: value };
  if (old === undefined && value === undefined) return json;
  const inner = withValue(old ?? {}, rest, value);
  const emptied = value === undefined && isObject(inner) && Object.keys(inner).length === 0;
  return emptied ? others : { ...json, [key]: inner };
}

/** A member of an object: offsets of its key, its value and the value's end. */
interface Member {
  key: string;
  start: number;
  value: number;
  end: number;
}

/** Offsets of `{` and `}` and the members between. */
interface ObjectSpan {
  open: number;
  close: number;
  members: Member[];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/y;

/** Finds the object that opens at or after `from`. */
function spanOf(text: string, from: number): ObjectSpan {
  const open = text.indexOf("{", from);
  const members: Member[] = [];
  let depth = 0;
  let member: Member | undefined;
  TOKEN.lastIndex = open;
  for (;;) {
    while (/\s/.test(text[TOKEN.lastIndex] ?? "")) TOKEN.lastIndex++;
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return { open, close: text.length, members };
    if (token === "}" && depth === 1) return { open, close: at, members };
    if (depth === 1 && !member && token.startsWith('"')) {
      member = { key: JSON.parse(token) as string, start: at, value: -1, end: -1 };
      members.push(member);
    } else if (depth === 1 && token === ",") member = undefined;
    else if (member && token !== ":") {
      if (member.value < 0) member.value = at;
      member.end = at + token.length;
    }
    if ("{[".includes(token)) depth++;
    else if ("}]".includes(token)) depth--;
  }
}

/** Returns where the value at a path stands in the text of a JSON object, or undefined. */
export function valueSpan(text: string, path: JsonPath): { start: number; end: number } | undefined {
  let [from, found]: [number, Member | undefined] = [0, undefined];
  for (const key of path) {
    found = spanOf(text, from).members.find((member) => member.key === key);
    if (!found) return undefined;
    from = found.value;
  }
  return found && { start: found.value, end: found.end };
}

function setAt(text: string, path: JsonPath, value: Json, from = 0, depth = 1): string {
  const [key = "", ...rest] = path;
  const span = spanOf(text, from);
  const member = span.members.find((known) => known.key === key);
  if (member && rest.length > 0 && text[member.value] === "{")
    return setAt(text, rest, value, member.value, depth + 1);
  const nested = rest.reduceRight<Json>((inner, name) => ({ [name]: inner }), value);
  const { unit, eol } = styleOf(text);
  const oneLine = !text.slice(span.open, span.close).includes("\n");
  const shown =
    oneLine && span.members.length > 0
      ? onOneLine(nested)
      : JSON.stringify(nested, null, unit).replaceAll("\n", eol + unit.repeat(depth));
  if (member) return text.slice(0, member.value) + shown + text.slice(member.end);
  const entry = `${JSON.stringify(key)}: ${shown}`;
  const last = span.members.at(-1);
  if (!last)
    return `${text.slice(0, span.open)}{${eol}${unit.repeat(depth)}${entry}${eol}${unit.repeat(depth - 1)}}${text.slice(span.close + 1)}`;
  const gap = oneLine ? " " : `${eol}${unit.repeat(depth)}`;
  return `${text.slice(0, last.end)},${gap}${entry}${text.slice(last.end)}`;
}

function onOneLine(value: Json): string {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(onOneLine).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${onOneLine(inner)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

function removeAt(text: string, path: JsonPath, from = 0): string {
  const [key = "", ...rest] = path;
  const { open, close, members } = spanOf(text, from);
  const at = members.findIndex((known) => known.key === key);
  const member = members[at];
  if (!member) return text;
  const isObjectAbove = rest.length > 0 && text[member.value] === "{";
  if (isObjectAbove && !holdsOnly(text, rest, member.value)) return removeAt(text, rest, member.value);
  const [before, after] = [members[at - 1], members[at + 1]];
  if (before) return text.slice(0, before.end) + text.slice(member.end);
  if (after) return text.slice(0, member.start) + text.slice(after.start);
  return text.slice(0, open + 1) + text.slice(close);
}

/** Returns whether an object holds nothing but the value at a path. */
function holdsOnly(text: string, [key, ...rest]: JsonPath, from: number): boolean {
  const { members } = spanOf(text, from);
  const [only] = members;
  if (members.length !== 1 || only?.key !== key) return false;
  return rest.length === 0 || (text[only?.value ?? -1] === "{" && holdsOnly(text, rest, only?.value ?? 0));
}

/** Returns the indentation and line breaks of the file; two spaces if it has no indented key. */
function styleOf(text: string): { unit: string; eol: string } {
  const unit = /^([ \t]+)"/m.exec(text)?.[1] ?? "  ";
  return { unit, eol: eolOf(text) };
}

/** Returns the line break of a text. */
export function eolOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}
