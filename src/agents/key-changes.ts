import { isDeepStrictEqual } from "node:util";
import type { AdviceKey, AdviceValue } from "../domain/decision.ts";
import { editPolicy } from "../policy/edit.ts";
import { parsePolicy } from "../policy/parse.ts";
import { POLICY_FILE } from "../policy/places.ts";
import type { PlannedChange } from "./change.ts";
import { editFrontMatter, type KeyChanges } from "./edit-frontmatter.ts";
import { editJson, leavesIn, parseJsonObject } from "./edit-json.ts";
import { parseFrontMatter } from "./frontmatter.ts";

/** Lists every key of a file whose value a change sets, replaces or removes. A text without keys counts as one key, `text`. */
export function keyChanges({
  path,
  before,
  after,
}: Pick<PlannedChange, "path" | "before" | "after">): AdviceKey[] {
  const [old, now] = [leavesOf(path, before), leavesOf(path, after)];
  const names = [...new Set([...old.keys(), ...now.keys()])];
  return names
    .map((name) => ({
      path,
      key: JSON.parse(name) as string[],
      before: old.get(name) ?? null,
      after: now.get(name) ?? null,
    }))
    .filter((change) => !isDeepStrictEqual(change.before, change.after));
}

/** A file with keys put back to what they were. */
export interface PutBack {
  bytes: Buffer | undefined;
  /** Keys that were edited since, and keep their value. */
  kept: readonly AdviceKey[];
}

/** Puts keys of an edited file back to the values that they had before a change; a key that was edited since stays. */
export function putBack(path: string, bytes: Buffer, keys: readonly AdviceKey[]): PutBack {
  const now = leavesOf(path, bytes);
  const isOurs = ({ key, after }: AdviceKey) =>
    isDeepStrictEqual(now.get(JSON.stringify(key)) ?? null, after);
  const edited = withValues(path, bytes, keys.filter(isOurs));
  return edited ? { bytes: edited, kept: keys.filter((key) => !isOurs(key)) } : { bytes, kept: keys };
}

/** Sets the keys of an agent file to the values that a change gave them; undefined if that cannot be done safely. */
export function putForward(bytes: Buffer, keys: readonly AdviceKey[]): Buffer | undefined {
  return withKeys(
    bytes,
    keys.map(({ key, after }) => ({ key, value: after })),
  );
}

function withKeys(
  bytes: Buffer,
  values: readonly { key: readonly string[]; value: AdviceValue }[],
): Buffer | undefined {
  const changes = values.map(({ key, value }) => [key[0] ?? "", value ?? undefined]);
  const result = editFrontMatter(bytes, Object.fromEntries(changes) as KeyChanges);
  return "file" in result ? result.file : undefined;
}

function withValues(path: string, bytes: Buffer, keys: readonly AdviceKey[]): Buffer | undefined {
  if (keys.length === 0) return bytes;
  const text = bytes.toString("utf8");
  if (isPolicy(path))
    return Buffer.from(
      editPolicy(
        text,
        keys.map(({ key, before }) => ({ path: key, value: before ?? undefined })),
      ),
    );
  if (path.endsWith(".json")) {
    const edited = keys.reduce<string | undefined>(
      (at, { key, before }) => (at === undefined ? at : editJson(at, key, before ?? undefined)),
      text,
    );
    return edited === undefined ? undefined : Buffer.from(edited);
  }
  if (keys.some(({ key }) => key[0] === TEXT)) return undefined;
  return withKeys(
    bytes,
    keys.map(({ key, before }) => ({ key, value: before })),
  );
}

const TEXT = "text";

/** The values of a file by the JSON of their path. */
function leavesOf(path: string, bytes: Buffer | undefined): Map<string, AdviceValue> {
  if (!bytes) return new Map();
  const text = bytes.toString("utf8");
  if (isPolicy(path)) return new Map(flatten(parsePolicy(text, path).written));
  if (path.endsWith(".json")) return new Map(flatten(parseJsonObject(text) ?? {}));
  const { keys, body } = parseFrontMatter(bytes);
  return new Map([...flatten(keys), [JSON.stringify([TEXT]), body]]);
}

function isPolicy(path: string): boolean {
  return path.endsWith(POLICY_FILE);
}

function flatten(value: object): [string, AdviceValue][] {
  return leavesIn(value).flatMap(([path, leaf]): [string, AdviceValue][] =>
    leaf === undefined || leaf === null ? [] : [[JSON.stringify(path), leaf as AdviceValue]],
  );
}
