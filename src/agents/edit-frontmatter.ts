import { isDeepStrictEqual } from "node:util";
import { eolOf } from "./edit-json.ts";
import { latin1, parseFrontMatter, type FrontMatter } from "./frontmatter.ts";

/** A value that rolecall writes. */
type Value = string | number | boolean;

/** New values of front matter keys; undefined removes the key. */
export type KeyChanges = Readonly<Record<string, Value | undefined>>;

/** The edited file, or the reason for not editing it. */
export type Edited = { file: Buffer } | { refused: string };

/**
 * Sets keys in the front matter of `file`. Every byte outside their values stays. Parses the result again and refuses the edit if
 * Claude Code would not read exactly the new values and all other old ones.
 */
export function editFrontMatter(file: Uint8Array, changes: KeyChanges): Edited {
  const before = parseFrontMatter(file);
  if (before.why !== undefined) return { refused: before.why };
  const raw = latin1(file);
  let yaml = raw.slice(before.start, before.end);
  for (const [key, value] of Object.entries(changes)) yaml = setKey(yaml, key, value, before);
  const edited = Buffer.from(raw.slice(0, before.start) + yaml + raw.slice(before.end), "latin1");
  return readsBack(parseFrontMatter(edited), before, changes)
    ? { file: edited }
    : { refused: `its front matter cannot be edited safely: set ${wanted(changes)} by hand` };
}

/** Formats a new agent file; keys that are null are left out. */
export function formatNewFile(keys: Readonly<Record<string, Value | null>>, body: string): Buffer {
  const lines = Object.entries(keys).map(([key, value]) =>
    value === null ? "" : `${key}: ${formatScalar(value)}\n`,
  );
  return Buffer.concat([Buffer.from(`---\n${lines.join("")}---\n\n`, "latin1"), Buffer.from(body)]);
}

function wanted(changes: KeyChanges): string {
  return Object.entries(changes)
    .map(([key, value]) => (value === undefined ? `no ${key}` : `${key}: ${value}`))
    .join(", ");
}

function readsBack(after: FrontMatter, before: FrontMatter, changes: KeyChanges): boolean {
  const expected = { ...before.keys, ...changes };
  for (const key of Object.keys(changes)) if (changes[key] === undefined) delete expected[key];
  return after.body === before.body && isDeepStrictEqual({ ...after.keys }, expected);
}

function setKey(yaml: string, key: string, value: Value | undefined, before: FrontMatter): string {
  const places = spansOf(yaml, key);
  const last = places.at(-1);
  if (value === undefined)
    return places.reduceRight((text, { start, next }) => text.slice(0, start) + text.slice(next), yaml);
  if (before.keys[key] === value) return yaml;
  if (!last) return insertKey(yaml, key, value);
  const old = yaml.slice(last.value, last.end);
  const strict = before.reading === "strict";
  const keptEnd = strict ? endOfScalar(old) : old.length;
  const gap = yaml[last.value - 1] === ":" ? " " : "";
  const quote = /^(["'])(?=[^]*\1)/.exec(old)?.[1];
  const name = yaml.slice(last.start, last.value);
  const rest = old.slice(keptEnd);
  const line = name + gap + formatScalar(value, quote) + (rest.startsWith("#") ? ` ${rest}` : rest);
  return yaml.slice(0, last.start) + (strict ? "" : commentAbove(yaml, old)) + line + yaml.slice(last.end);
}

/**
 * Returns the comment behind a value as a line of its own. In front matter that is not valid YAML, Claude Code takes such a comment
 * for a part of the value: it sends `model: opus # expensive` unchanged.
 */
function commentAbove(yaml: string, old: string): string {
  const comment = /\s(#.*)$/.exec(old)?.[1];
  return comment === undefined || /^["']/.test(old) ? "" : `${indentOf(yaml)}${comment}${eolOf(yaml)}`;
}

/** Returns the length of a one-line scalar without its comment; a value of several lines is returned whole. */
function endOfScalar(old: string): number {
  if (old.includes("\n") || /^[|>[{]/.test(old)) return old.length;
  const scalar = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:[^\s#]|[ \t]+(?![#\s])|(?<=\S)#)*)/.exec(old);
  return scalar?.[0].length ?? old.length;
}

function insertKey(yaml: string, key: string, value: Value): string {
  return `${yaml}${indentOf(yaml)}${key}: ${formatScalar(value)}${eolOf(yaml)}`;
}

/** Returns the indentation of the top-level keys. */
function indentOf(yaml: string): string {
  return /^([ \t]*)[^\s#]/m.exec(yaml)?.[1] ?? "";
}

/** Formats a value as YAML, its UTF-8 bytes as latin1 characters; without quotes if YAML reads that back as the same string. */
function formatScalar(value: Value, quote?: string): string {
  if (typeof value !== "string") return String(value);
  const plain = /^[A-Za-z][\w ,.;()/'*+-]*$/.test(value) && !/^(?:true|false|null|yes|no)$|\s$/i.test(value);
  const simple = /^[\w ,.()*-]*$/.test(value);
  const text = quote && simple ? `${quote}${value}${quote}` : plain ? value : JSON.stringify(value);
  return Buffer.from(text, "utf8").toString("latin1");
}

/** One top-level key in YAML text: offsets of its line, its value, the value's end, and the line after it. */
interface KeySpan {
  start: number;
  value: number;
  end: number;
  next: number;
}

/** Finds every occurrence of `key` by line, so that text which is not valid YAML can be edited too. */
function spansOf(yaml: string, key: string): KeySpan[] {
  const indent = indentOf(yaml);
  const line = new RegExp(`^${indent}(?:${key}|"${key}"|'${key}')[ \\t]*:(?=[ \\t\\r\\n]|$)[ \\t]*`, "gm");
  return [...yaml.matchAll(line)].map((match) => {
    const value = match.index + match[0].length;
    const end = endOfValue(yaml, value, indent);
    const newline = yaml.indexOf("\n", end);
    return { start: match.index, value, end, next: newline < 0 ? yaml.length : newline + 1 };
  });
}

/**
 * Returns the end of a value without trailing space. Lines that are indented more than its key belong to it, and list items that are
 * indented as much. Comments and empty lines belong to it only if more of the value follows.
 */
function endOfValue(yaml: string, value: number, indent: string): number {
  const goesOn = new RegExp(`^(?:${indent}[ \\t]+\\S|${indent}- |[ \\t]*(?:#.*)?$)`);
  // In a block scalar a line that begins with # is text.
  const belongs = /^[|>]/.test(yaml.slice(value, value + 1))
    ? new RegExp(`^${indent}[ \\t]+\\S`)
    : /^\s*[^\s#]/;
  let end = endOfLine(yaml, value);
  let at = end;
  while (at < yaml.length) {
    const stop = endOfLine(yaml, at + 1);
    const line = yaml.slice(at + 1, stop).trimEnd();
    if (!goesOn.test(line)) break;
    if (belongs.test(line)) end = stop;
    at = stop;
  }
  return value + yaml.slice(value, end).trimEnd().length;
}

function endOfLine(yaml: string, from: number): number {
  const newline = yaml.indexOf("\n", from);
  return newline < 0 ? yaml.length : newline;
}
