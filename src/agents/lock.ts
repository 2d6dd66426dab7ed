import { isObject } from "../domain/objects.ts";
import { InvalidInputError } from "../errors.ts";
import { isDeepStrictEqual } from "node:util";
import type { Json } from "./edit-json.ts";

/** Records what rolecall wrote last, to distinguish the user's edits from changes of the policy. Meant to be committed. */
export interface Lock {
  /** By path relative to the target, with `/`. */
  files: Readonly<Record<string, LockedFile>>;
}

export interface LockedFile {
  /** Role of an agent file. */
  role?: string;
  /** Whether rolecall created the file and so owns the rest of it too, until the user edits it. */
  created: boolean;
  /** Hash of the body as rolecall wrote it. */
  body?: string;
  /** Hash of the whole file as rolecall wrote it. */
  whole?: string;
  /** Managed keys as rolecall last wrote them; null for a key that it left out. */
  keys: Readonly<Record<string, Json>>;
  /** Managed keys whose values the user chose to keep against the policy. */
  kept?: Readonly<Record<string, Json>>;
}

export const NO_LOCK: Lock = { files: {} };

export const LOCK_NAME = "rolecall.lock.json";

/** Parses a lock. Throws InvalidInputError if the text is not one that rolecall writes. */
export function parseLock(text: string, path: string): Lock {
  const problem = (message: string) =>
    new InvalidInputError("the lock file", [
      {
        path,
        message,
        expected:
          "the text that rolecall wrote. Try to restore it from version control, or delete it and run rolecall adopt",
      },
    ]);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw problem(text.includes("<<<<<<<") ? "contains a merge conflict" : "not valid JSON");
  }
  const { version, files } = (json ?? {}) as { version?: unknown; files?: unknown };
  if (version !== 1) throw problem("unknown version; a newer rolecall may have written it");
  const entries = Object.entries((files ?? {}) as Record<string, LockedFile>);
  for (const [file, entry] of entries)
    if (!isManagedPath(file) || typeof entry?.keys !== "object" || entry.keys === null)
      throw problem(`invalid entry "${file}"`);
  return { files: Object.fromEntries(entries) };
}

/** Returns whether rolecall may write a path below a target. A lock or journal from a hostile repository could name any other. */
export function isManagedPath(path: string): boolean {
  const managed =
    /^(?:\.claude\/)?(?:agents\/.+\.md|skills\/[\w-]+\/SKILL\.md|settings(?:\.local)?\.json|rolecall\.lock\.json)$/;
  return (
    path === "rolecall.yaml" ||
    path === "CLAUDE.md" ||
    path === ".mcp.json" ||
    (managed.test(path) && !path.split(/[/\\]/).includes("..") && !path.includes("\0"))
  );
}

/** Formats a lock with sorted keys, one per line, so that branches merge well. */
export function formatLock(lock: Lock): string {
  return `${JSON.stringify(sorted({ version: 1, files: lock.files }), null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** Hashes a text to detect edits. Ignores line endings, which version control may change. */
export function hashOf(text: Uint8Array | string): string {
  const lines = Buffer.from(text).toString("latin1").replaceAll("\r\n", "\n");
  const { createHash } = process.getBuiltinModule("node:crypto"); // takes 4 ms to load
  return `sha256-${createHash("sha256").update(lines, "latin1").digest("base64")}`;
}

/** Returns the bytes to write: those on disk if only line ends differ, which git changes in a checkout on Windows. */
export function keepLineEnds(before: Buffer | undefined, after: Buffer): Buffer {
  return before && hashOf(before) === hashOf(after) ? before : after;
}

/** The answer to a user's edit of a managed key: keep it, or take the policy's value. */
export type Resolution = "keep" | "take";

/** The decision about a managed key: already right, set it, keep the user's value, or ask. */
export type KeyDecision = "same" | "set" | "kept" | "conflict";

/**
 * Compares the value on disk with the one that rolecall last wrote and the one that the policy wants; null is absent. Only an edit
 * since the last write is a conflict: a value that rolecall never wrote is set.
 */
export function judgeKey(
  key: string,
  found: Json,
  wanted: Json,
  locked: LockedFile | undefined,
  resolution?: Resolution,
): KeyDecision {
  if (isDeepStrictEqual(found, wanted)) return "same";
  if (resolution === "take" || !locked || !(key in locked.keys)) return "set";
  if (locked.kept && key in locked.kept && isDeepStrictEqual(found, locked.kept[key])) return "kept";
  if (isDeepStrictEqual(found, locked.keys[key])) return "set";
  return resolution === "keep" ? "kept" : "conflict";
}
