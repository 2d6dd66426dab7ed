import { createHash } from "node:crypto";
import { InvalidInputError } from "../errors.ts";
import { isDeepStrictEqual } from "node:util";
import type { Json } from "./edit-json.ts";

/** What rolecall wrote last, so that a user's edit can be told from a change of the policy. Meant to be committed. */
export interface Lock {
  /** By path relative to the target, with `/`. */
  files: Readonly<Record<string, LockedFile>>;
}

export interface LockedFile {
  /** The role that an agent file serves. */
  role?: string;
  /** Whether rolecall created the file; what is outside of `keys` is its own then, until the user edits it. */
  created: boolean;
  /** Hash of the body as rolecall wrote it. */
  body?: string;
  /** Hash of the whole file as rolecall wrote it. */
  whole?: string;
  /** Managed keys as rolecall wrote them last; null for a key that it left out. */
  keys: Readonly<Record<string, Json>>;
  /** Managed keys that the user wants to keep at another value than the policy's. */
  kept?: Readonly<Record<string, Json>>;
}

export const NO_LOCK: Lock = { files: {} };

export const LOCK_NAME = "rolecall.lock.json";

/** Reads the text of a lock; throws InvalidInputError where it is none. */
export function parseLock(text: string, path: string): Lock {
  const problem = (message: string) =>
    new InvalidInputError("the lock file", [
      {
        path,
        message,
        expected: "what rolecall wrote; restore it from version control, or delete it and run rolecall adopt",
      },
    ]);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw problem(text.includes("<<<<<<<") ? "a merge conflict is in it" : "not valid JSON");
  }
  const { version, files } = (json ?? {}) as { version?: unknown; files?: unknown };
  if (version !== 1) throw problem("not a version that this rolecall knows");
  const entries = Object.entries((files ?? {}) as Record<string, LockedFile>);
  for (const [file, entry] of entries)
    if (!isManagedPath(file) || typeof entry?.keys !== "object" || entry.keys === null)
      throw problem(`the entry of ${file} is none that rolecall writes`);
  return { files: Object.fromEntries(entries) };
}

/** What rolecall may write below a target: a lock or a journal that came with a repository can name nothing else. */
export function isManagedPath(path: string): boolean {
  const managed =
    /^(?:\.claude\/)?(?:agents\/.+\.md|skills\/[\w-]+\/SKILL\.md|settings(?:\.local)?\.json|rolecall\.lock\.json)$/;
  return (
    path === "rolecall.yaml" ||
    (managed.test(path) && !path.split(/[/\\]/).includes("..") && !path.includes("\0"))
  );
}

/** The text of a lock: one line per key, sorted, so that two branches merge well. */
export function formatLock(lock: Lock): string {
  return `${JSON.stringify(sorted({ version: 1, files: lock.files }), null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** A hash for telling whether text was edited; line endings, which version control may change, do not count. */
export function hashOf(text: Uint8Array | string): string {
  const lines = Buffer.from(text).toString("latin1").replaceAll("\r\n", "\n");
  return `sha256-${createHash("sha256").update(lines, "latin1").digest("base64")}`;
}

/** What to do about a user's edit of a managed key. */
export type Resolution = "keep" | "take";

/** What a managed key comes to: nothing to do, set it, leave the user's value, or ask. */
export type Verdict = "same" | "set" | "kept" | "conflict";

/**
 * Compares a key on disk with what rolecall wrote last and with what the policy wants now; null is absent. Only an edit
 * since then is a conflict: a value that rolecall never wrote is simply set.
 */
export function judgeKey(
  key: string,
  found: Json,
  wanted: Json,
  locked: LockedFile | undefined,
  resolution?: Resolution,
): Verdict {
  if (isDeepStrictEqual(found, wanted)) return "same";
  if (resolution === "take" || !locked || !(key in locked.keys)) return "set";
  if (locked.kept && key in locked.kept && isDeepStrictEqual(found, locked.kept[key])) return "kept";
  if (isDeepStrictEqual(found, locked.keys[key])) return "set";
  return resolution === "keep" ? "kept" : "conflict";
}
