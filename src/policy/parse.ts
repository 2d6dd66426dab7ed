import type { Document, LineCounter } from "yaml";
import { InvalidInputError, messageOf, type InputProblem } from "../errors.ts";
import { loadYaml } from "./lazy-yaml.ts";
import { POLICY_SCHEMA } from "./schema.ts";
import { validate } from "./validate.ts";
import type { PolicyLayer } from "./written.ts";

/** Larger than any policy that a person writes. */
const MOST_BYTES = 64 * 1024;
const MOST_ALIASES = 50;
const MOST_FAULTS = 10;

/**
 * Parses the text of a rolecall.yaml; `path` is for messages. Takes bounded time and memory for any text. Throws InvalidInputError with
 * all problems and their lines.
 */
export function parsePolicy(text: string, path: string): PolicyLayer {
  if (Buffer.byteLength(text) > MOST_BYTES)
    refuse(path, [{ message: `larger than ${MOST_BYTES / 1024} KB` }]);
  const lines = new (loadYaml().LineCounter)();
  const document = parseYaml(text, path, lines);
  const value = readValue(document, path);
  const lineOf = (key: readonly string[]) => lineOfKey(document, lines, key);
  const problems = validate(value ?? {}, POLICY_SCHEMA).map(({ at, ...problem }): InputProblem => {
    const line = lineOf(at);
    return { ...(line && { line }), ...(at.length > 0 && { key: at.join(".") }), ...problem };
  });
  if (problems.length > 0) refuse(path, problems);
  return { from: path, written: value ?? {}, lineOf };
}

function parseYaml(text: string, path: string, lines: LineCounter): Document {
  try {
    const document = loadYaml().parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
    });
    const faults = [...document.errors, ...document.warnings];
    if (faults.length > 0)
      refuse(
        path,
        faults
          .slice(0, MOST_FAULTS)
          .map(({ message, pos }) => ({ line: lines.linePos(pos[0]).line, message: `not YAML: ${message}` })),
      );
    return document;
  } catch (thrown) {
    if (thrown instanceof InvalidInputError) throw thrown;
    return refuse(path, [{ message: `not YAML: ${messageOf(thrown)}` }]);
  }
}

function readValue(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (thrown) {
    return refuse(path, [{ message: `not YAML: ${messageOf(thrown)}` }]);
  }
}

function refuse(path: string, problems: readonly InputProblem[]): never {
  throw new InvalidInputError(
    "the policy",
    problems.map((problem) => ({ path, ...problem })),
  );
}

/** Returns the line of a key, or of the deepest part of it that the document has. */
function lineOfKey(document: Document, lines: LineCounter, key: readonly string[]): number | undefined {
  const { isAlias, isMap, isScalar, isSeq } = loadYaml();
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const part of key) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === part);
      if (!pair) break;
      offset = isScalar(pair.key) ? pair.key.range?.[0] : offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      if (isScalar(node)) offset = node.range?.[0];
    } else break;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}
