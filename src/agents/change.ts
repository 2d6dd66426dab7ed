import type { Policy } from "../domain/policy.ts";
import { formatDiff } from "./diff.ts";
import type { AgentFile, SkippedFile } from "./discover.ts";
import type { Json } from "./edit-json.ts";
import type { Lock, LockedFile, Resolution } from "./lock.ts";
import type { Templates } from "./template.ts";

/** Where rolecall writes: a project, or the user's configuration folder. */
export interface Target {
  level: "project" | "user";
  /** Absolute; nothing outside of it is written. */
  root: string;
  /** What stands before `agents/`: `.claude/` in a project, nothing in a configuration folder. */
  prefix: string;
  /** The one file outside of the root that may be written: the user's policy. */
  policyFile?: string;
  /** The settings file's name. */
  settings: "settings.json" | "settings.local.json";
}

export type Action = "create" | "update" | "unchanged" | "conflict" | "orphan";

/** A managed key that the user changed since rolecall wrote it, or a file that cannot be brought in line. */
export interface Conflict {
  /** A front matter key, a settings path with `/`, or `file`. */
  key: string;
  /** What stands there now; null is nothing. */
  found: Json;
  wanted: Json;
  /** Why it is one, where it is not an edit. */
  why?: string;
}

/** What becomes of one file. */
export interface Change {
  /** Relative to the target's root, with `/`. */
  path: string;
  action: Action;
  /** Agent files: the role served, and the model and effort that it is to have. */
  role?: string;
  routing?: Routing;
  /** Bytes on disk; undefined where there is no file. */
  before: Buffer | undefined;
  /** Bytes that are to be there; undefined takes the file away. */
  after: Buffer | undefined;
  diff: string;
  conflicts: readonly Conflict[];
  /** What a reader should know besides, as sentences. */
  notes: readonly string[];
}

/** Where the work of an agent goes, as front matter says it. */
export interface Routing {
  model: string;
  effort: string | undefined;
}

/** A change and what the lock says of its file afterwards. */
export interface PlannedFile {
  change: Change;
  locked: LockedFile | undefined;
}

export interface PlanInput {
  policy: Policy;
  templates: Templates;
  target: Target;
  /** Every agent file of the target that can be read, and those that cannot. */
  agents: readonly AgentFile[];
  skipped: readonly SkippedFile[];
  /** The other files on disk that matter, by path: settings, the workflow, the lock, and whatever the lock names. */
  files: ReadonlyMap<string, Buffer>;
  lock: Lock;
  /** The way out of a conflict that the user chose for a file. */
  resolutionOf?: (path: string) => Resolution | undefined;
  /** Which files may newly come under rolecall; by default all that the policy wants. */
  wants?: (change: Change) => boolean;
}

/** The change from `before` to `after`, with its action and its diff. */
export function changeOf(
  path: string,
  before: Buffer | undefined,
  after: Buffer | undefined,
  more: Partial<Pick<Change, "conflicts" | "notes" | "role" | "routing">> & { orphan?: boolean } = {},
): Change {
  const { conflicts = [], notes = [], role, routing, orphan } = more;
  const same = before && after ? before.equals(after) : before === after;
  const settled = orphan ? "orphan" : same ? "unchanged" : before ? "update" : "create";
  return {
    path,
    action: conflicts.length > 0 ? "conflict" : settled,
    ...(role === undefined ? {} : { role }),
    ...(routing && { routing }),
    before,
    after,
    diff: same ? "" : formatDiff(before?.toString("utf8") ?? "", after?.toString("utf8") ?? ""),
    conflicts,
    notes,
  };
}

/** What to say of the user's values that stay. */
export function keptNotes(kept: readonly Pick<Conflict, "key" | "found" | "wanted">[]): string[] {
  return kept.map(
    ({ key, found, wanted }) => `${key}: ${shown(found)} is yours and kept; the policy says ${shown(wanted)}`,
  );
}

function shown(value: Json): string {
  return value === null ? "nothing" : typeof value === "string" ? value : JSON.stringify(value);
}

/** Whether a change changes anything on disk. */
export function isPending({ before, after }: Change): boolean {
  return before && after ? !before.equals(after) : before !== after;
}

/** A path below the target's root, with `/`. */
export function pathIn({ root }: Target, path: string): string {
  return path.slice(root.length).replaceAll("\\", "/").replace(/^\/+/, "");
}
