import type { Policy } from "../domain/policy.ts";
import { formatHunks } from "../domain/diff.ts";
import type { AgentFile, SkippedFile } from "./discover.ts";
import type { Json } from "./edit-json.ts";
import type { Lock, LockedFile, Resolution } from "./lock.ts";
import type { Templates } from "./template.ts";

/** The folder that rolecall writes to: a project, or the user's configuration folder. */
export interface Target {
  /** A project, or the user's folder. */
  level: "project" | "user";
  /** Absolute; nothing outside of it is written. */
  root: string;
  /** Prefix of `agents/`: `.claude/` in a project, empty in a configuration folder. */
  prefix: string;
  /** The one file outside of the root that may be written: the user's policy. */
  policyFile?: string;
  /** Name of the settings file. */
  settings: "settings.json" | "settings.local.json";
}

/** The action of a plan on a file. */
export type Action = "create" | "update" | "unchanged" | "conflict" | "orphan";

/** A managed key that the user changed since rolecall wrote it, or a file that cannot be updated. */
export interface Conflict {
  /** A front matter key, a settings path with `/`, or `file`. */
  key: string;
  /** Value on disk; null if absent. */
  found: Json;
  /** Value that the policy wants; null if it wants none. */
  wanted: Json;
  /** Reason, if it is not an edit by the user. */
  why?: string;
}

/** The planned change of one file. */
export interface PlannedChange {
  /** Relative to the target's root, with `/`. */
  path: string;
  /** Action on the file. */
  action: Action;
  /** Agent files: the role, and the model and effort that the policy wants. */
  role?: string;
  /** Model and effort that the policy wants. */
  routing?: Routing;
  /** Bytes on disk; undefined if the file does not exist. */
  before: Buffer | undefined;
  /** Bytes to write; undefined removes the file. */
  after: Buffer | undefined;
  /** The change for people, as a unified diff. */
  diff: string;
  /** Decisions that the user must make before the file is written. */
  conflicts: readonly Conflict[];
  /** Remarks for the reader. */
  notes: readonly string[];
}

/** Model and effort of an agent as they are written in front matter. */
export interface Routing {
  /** An alias, an exact id or `inherit`. */
  model: string;
  /** Level of effort; undefined for the model's own. */
  effort: string | undefined;
}

/** A change and the lock entry of its file afterwards. */
export interface PlannedFile {
  change: PlannedChange;
  locked: LockedFile | undefined;
}

export interface PlanInput {
  policy: Policy;
  templates: Templates;
  target: Target;
  /** Agent files of the target that can be read, and those that cannot. */
  agents: readonly AgentFile[];
  skipped: readonly SkippedFile[];
  /** Agents of the target that Claude Code reads through links. rolecall does not write them. */
  linked: readonly AgentFile[];
  /** Other relevant files on disk by path: settings, the workflow, the lock, and the files that the lock names. */
  files: ReadonlyMap<string, Buffer>;
  lock: Lock;
  /** Returns how the user resolved the conflicts of a file. */
  resolutionOf?: (path: string) => Resolution | undefined;
  /** Selects the files that rolecall may start to manage; by default every file that the policy needs. */
  wants?: (change: PlannedChange) => boolean;
}

/** Returns the change from `before` to `after` with its action and its diff. */
export function changeOf(
  path: string,
  before: Buffer | undefined,
  after: Buffer | undefined,
  more: Partial<Pick<PlannedChange, "conflicts" | "notes" | "role" | "routing">> & { orphan?: boolean } = {},
): PlannedChange {
  const { conflicts = [], notes = [], role, routing, orphan } = more;
  const same = sameBytes(before, after);
  const settled = orphan ? "orphan" : same ? "unchanged" : before ? "update" : "create";
  return {
    path,
    action: conflicts.length > 0 ? "conflict" : settled,
    ...(role === undefined ? {} : { role }),
    ...(routing && { routing }),
    before,
    after,
    diff: same ? "" : formatHunks(before?.toString("utf8") ?? "", after?.toString("utf8") ?? ""),
    conflicts,
    notes,
  };
}

/** Describes the user's values that are kept. */
export function keptNotes(kept: readonly Pick<Conflict, "key" | "found" | "wanted">[]): string[] {
  return kept.map(
    ({ key, found, wanted }) =>
      `${key}: ${shown(found)} is your value and is kept. The policy has ${shown(wanted)}`,
  );
}

function shown(value: Json): string {
  return value === null ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);
}

/** Returns whether a change changes anything on disk. */
export function isPending({ before, after }: PlannedChange): boolean {
  return !sameBytes(before, after);
}

/** Returns whether a file is the same in two states; undefined if it does not exist. */
export function sameBytes(a: Buffer | undefined, b: Buffer | undefined): boolean {
  return a && b ? a.equals(b) : a === b;
}

/** Returns the target at a folder whose settings no colleague gets. */
export function ownTarget({ level, root }: Pick<Target, "level" | "root">): Target {
  return level === "user"
    ? { level, root, prefix: "", settings: "settings.json" }
    : { level, root, prefix: ".claude/", settings: "settings.local.json" };
}

/** Returns the path of the settings that no colleague gets: the user's, or the local ones of a project. */
export function ownSettings({ level, prefix }: Pick<Target, "level" | "prefix">): string {
  return `${prefix}${level === "user" ? "settings.json" : "settings.local.json"}`;
}

/** Returns a path relative to the target's root, with `/`. */
export function pathIn({ root }: Target, path: string): string {
  return path.slice(root.length).replaceAll("\\", "/").replace(/^\/+/, "");
}

/**
 * Returns whether the user must resolve a conflict.
 *
 * @example
 * ```ts
 * import { hasConflicts, loadPlan } from "rolecall";
 *
 * const plan = await loadPlan({ cwd: process.cwd(), env: process.env });
 * console.log(hasConflicts(plan.changes)); // false
 * ```
 */
export function hasConflicts(changes: readonly PlannedChange[]): boolean {
  return changes.some(({ action }) => action === "conflict");
}
