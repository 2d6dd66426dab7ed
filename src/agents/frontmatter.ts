import { createRequire } from "node:module";
import type matter from "gray-matter";
import type { YAMLParseError } from "yaml";
import { isObject } from "../domain/objects.ts";
import { messageOf } from "../errors.ts";
import { loadYaml } from "../policy/lazy-yaml.ts";

const require = createRequire(import.meta.url);
/** Loaded where there is an agent file: it takes 30 ms. */
const loadMatter = (): typeof matter => require("gray-matter") as typeof matter;

/**
 * The way in which Claude Code reads a file. `strict`: the front matter is valid YAML. `lenient`: it is valid once unusual values are
 * quoted. `none`: there is no front matter, and the file counts as a document. `broken`: it cannot be parsed, and the file is skipped.
 * `unread`: it is too large for rolecall, and Claude Code may read it.
 */
type FrontMatterReading = "strict" | "lenient" | "none" | "broken" | "unread";

/** The front matter of an agent file as Claude Code reads it, and its position in the file. */
export interface FrontMatter {
  reading: FrontMatterReading;
  /** Top-level keys; empty for `none`, `broken` and `unread`. */
  keys: Readonly<Record<string, unknown>>;
  /** Reason for `none`, `broken` and `unread`. */
  why?: string;
  /** 1-based line of the first error, for YAML that does not parse. */
  line?: number;
  /** Byte offsets of the YAML between the delimiters; both 0 without front matter. */
  start: number;
  end: number;
  /** The text after the closing delimiter's line. */
  body: string;
}

/** Larger front matter is refused, because parsing it could take long. */
const MOST_BYTES = 32 * 1024;

/** More aliases are refused: each may stand for all others before it. */
const MOST_ALIASES = 100;

/** A byte order mark, as latin1 text. */
const BOM = "\u00ef\u00bb\u00bf";

/**
 * Reads the front matter of `file` as Claude Code 2.1.329 does (compared with the real client on 140 unusual files).
 * Never throws, never executes anything, and takes time linear in the size of the file.
 */
export function parseFrontMatter(file: Uint8Array): FrontMatter {
  const raw = latin1(file);
  const block = findBlock(raw);
  if (!block) return { reading: "none", keys: {}, why: whyNone(raw), start: 0, end: 0, body: utf8(raw) };
  const { start, end } = block;
  const body = utf8(raw.slice(end + DASHES.length).replace(/^-*[ \t]*\r?\n?/, ""));
  if (end - start > MOST_BYTES)
    return { reading: "unread", keys: {}, why: "its front matter is larger than 32 KB", start, end, body };
  return { ...readKeys(utf8(raw.slice(start, end)), lineAt(raw, start)), start, end, body };
}

const DASHES = "---";
const SPACE = /[ \t\r\v\f\n]*/y;

/**
 * Finds the text between the delimiters as Claude Code does: after an optional byte order mark, `---`, and white space with a line
 * break, everything up to the next `---`, even within a line.
 */
function findBlock(raw: string): { start: number; end: number } | undefined {
  const space = (raw.startsWith(BOM) ? BOM.length : 0) + DASHES.length;
  if (!raw.startsWith(DASHES, space - DASHES.length)) return undefined;
  SPACE.lastIndex = space;
  const start = raw.lastIndexOf("\n", space + (SPACE.exec(raw)?.[0].length ?? 0) - 1) + 1;
  const end = start > space ? raw.indexOf(DASHES, start) : -1;
  return end < 0 ? undefined : { start, end };
}

function whyNone(raw: string): string {
  if (raw.trim() === "") return "the file is empty";
  if (raw.includes("\0")) return "the file is binary";
  if (raw.startsWith(DASHES) || raw.startsWith(BOM + DASHES))
    return "its front matter is not closed, or not plain YAML";
  return LATE.test(raw.slice(0, HEAD))
    ? "its front matter does not begin on the first line"
    : "it has no front matter";
}

/** Matches front matter with a name that does not start the file, which Claude Code ignores. */
const LATE = /^---[ \t]*\r?\n(?:.*\n){0,9}?name[ \t]*:/m;
const HEAD = 2000;

/** Returns the 1-based line of an offset. */
function lineAt(raw: string, offset: number): number {
  return raw.slice(0, offset).split("\n").length;
}

/** Returns the bytes of a file as a string of as many characters, so that an edit keeps any encoding. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function utf8(raw: string): string {
  return Buffer.from(raw, "latin1").toString("utf8");
}

function readKeys(yaml: string, firstLine: number): Pick<FrontMatter, "reading" | "keys" | "why" | "line"> {
  if (yaml.includes("\0")) return broken("its front matter has a NUL character", undefined);
  try {
    return { reading: "strict", keys: parseKeys(yaml) };
  } catch (strict) {
    if (strict instanceof ReferenceError && strict.message.startsWith("Excessive"))
      return { reading: "unread", keys: {}, why: "its front matter has too many YAML aliases" };
    try {
      return { reading: "lenient", keys: parseKeys(quoteOddValues(yaml)) };
    } catch (lenient) {
      const { pos } = lenient as Partial<YAMLParseError>;
      return broken(messageOf(lenient), pos && firstLine + lineAt(yaml, pos[0]) - 1);
    }
  }
}

function broken(why: string, line: number | undefined) {
  return { reading: "broken", keys: {}, why, ...(line !== undefined && { line }) } as const;
}

/** Matches characters that a plain YAML scalar must not contain. */
const ODD = /[{}[\]*&#!|>%@`]|: /;

/**
 * Quotes unusual one-line values up to the end of the line, as Claude Code does before its second attempt. A comment behind a value
 * becomes a part of it. Lines that end in CRLF stay unchanged.
 */
function quoteOddValues(yaml: string): string {
  return yaml
    .split("\n")
    .map((line) => {
      const [, key, value = ""] = /^([a-zA-Z_-]+):\s+(.+)$/.exec(line) ?? [];
      if (!key || !ODD.test(value) || /^".*"$|^'.*'$/.test(value)) return line;
      return `${key}: ${JSON.stringify(value)}`;
    })
    .join("\n");
}

/** gray-matter would run `---js` and remembers files between calls: every engine but this one refuses, and options bypass its cache. */
const ENGINES = {
  yaml: parseYaml,
  json: refuse,
  javascript: refuse,
  coffee: refuse,
};

function parseKeys(yaml: string): Record<string, unknown> {
  return loadMatter()(`---\n${yaml}\n---\n`, { language: "yaml", engines: ENGINES }).data;
}

function refuse(): never {
  throw new Error("front matter is YAML and nothing else");
}

/** Parses a mapping: the last of duplicate keys counts, leading tabs are spaces, too many aliases (YAML bombs) throw ReferenceError. */
function parseYaml(text: string): Readonly<Record<string, unknown>> {
  if (/^\.\.\.\s*$/m.test(text)) throw new Error("more than one YAML document");
  const spaced = text.replace(/^[ \t]+/gm, (indent) => indent.replaceAll("\t", "  "));
  const document = loadYaml().parseDocument(spaced, {
    uniqueKeys: false,
    merge: true,
    logLevel: "silent",
    prettyErrors: false,
  });
  if (document.errors[0]) throw document.errors[0];
  const keys: unknown = document.toJS({ maxAliasCount: MOST_ALIASES });
  if (!isObject(keys)) throw new Error("not a mapping of keys");
  return keys;
}
