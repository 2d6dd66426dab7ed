import type { Document, Scalar } from "yaml";
import { loadYaml } from "./lazy-yaml.ts";

/** One change of a written policy: sets the key, or removes it if `value` is undefined. */
export interface PolicyEdit {
  /** `["roles", "reviewer", "model"]`; positions in lists are numbers as text. */
  path: readonly string[];
  /** The new value; undefined removes the key. */
  value: unknown;
}

/**
 * Makes single changes to the text of a policy. Comments, the order of the keys and line endings stay. A replaced value changes nothing
 * around it. The text must be valid YAML.
 */
export function editPolicy(text: string, edits: readonly PolicyEdit[]): string {
  return edits.reduce(editOne, text);
}

function editOne(text: string, { path, value }: PolicyEdit): string {
  const document = loadYaml().parseDocument(text);
  const old = document.getIn(path, true);
  if (isOneWord(old) && isInline(value)) return splice(text, old.range, value);
  if (value === undefined) document.deleteIn(path);
  else {
    clearTheWay(document, path);
    document.setIn(path, document.createNode(value));
  }
  const bom = text.startsWith("\ufeff") ? "\ufeff" : "";
  const written = document.toString({ lineWidth: 0, indent: indentOf(text) });
  return bom + (text.includes("\r\n") ? written.replaceAll(/\r?\n/g, "\r\n") : written);
}

type Inline = string | number | boolean;

function isInline(value: unknown): value is Inline {
  return ["string", "number", "boolean"].includes(typeof value);
}

/** Returns whether a value is on one line without tags or anchors, so that its text can be replaced. */
function isOneWord(node: unknown): node is Scalar & { range: [number, number, number] } {
  if (!loadYaml().isScalar(node) || node.anchor || node.tag || !node.range) return false;
  return node.type === "PLAIN" ? Boolean(node.source) : node.type?.startsWith("QUOTE") === true;
}

function splice(text: string, [start, end]: readonly [number, number, number], value: Inline): string {
  const plain = loadYaml().stringify(value, { lineWidth: 0 }).trimEnd();
  const shown = /^[\w.-]+$/.test(plain) ? plain : JSON.stringify(value);
  return text.slice(0, start) + shown + text.slice(end);
}

/** Replaces null (`roles:` without a value) by an empty mapping, so that keys can be added. */
function clearTheWay(document: Document, path: readonly string[]): void {
  const { isMap, isScalar } = loadYaml();
  if (!isMap(document.contents)) document.contents = null;
  for (let depth = 1; depth < path.length; depth++) {
    const above = path.slice(0, depth);
    const node = document.getIn(above, true);
    if (isScalar(node)) document.setIn(above, document.createNode({}));
  }
}

/** Returns the indentation of the file. */
function indentOf(text: string): number {
  return /^( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
}
