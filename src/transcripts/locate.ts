import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { isSystemError } from "../errors.ts";

/** A transcript on disk, with what its path says about it. */
export interface TranscriptFile {
  path: string;
  /** The configuration folder that it was found in, as it was given. */
  root: string;
  /** The folder of its project under `projects/`: Claude Code's lossy spelling of the working directory. */
  slug: string;
  /** The session that its path names. Its entries decide if they name another one. */
  session: string;
  /** Sub-agent files only. */
  agentId?: string;
  /** Sub-agent files only: its `.meta.json` is beside it. */
  hasMeta?: boolean;
  size: number;
  mtimeMs: number;
  inode: number;
}

/** A path that is left out: a folder that could not be listed, or a transcript that is not a regular file. */
export interface Unreadable {
  path: string;
  cause: unknown;
}

/** The result of a search below some roots. */
export interface Located {
  files: TranscriptFile[];
  unreadable: Unreadable[];
  /** Paths of transcripts that are there, but are not to be read. */
  skipped?: ReadonlySet<string>;
}

/**
 * Finds every transcript under the `projects` folders of `roots` (configuration folders such as `~/.claude`): main files,
 * `subagents/` at any depth, and the old layout with `agent-*.jsonl` beside the session. Takes one readdir per folder and one
 * stat per file. Follows links, but enters no folder and takes no file twice. A missing root is not an error.
 */
export function locateTranscripts(roots: readonly string[]): Located {
  const search: Search = { files: [], unreadable: [], folders: new Set(), inodes: new Set() };
  for (const root of roots) {
    const projects = join(root, "projects");
    searchFolder(projects, realpathOf(projects), { root, depth: 0 }, search);
  }
  return { files: search.files, unreadable: search.unreadable };
}

interface Search extends Located {
  /** Real paths of the folders that were entered. */
  folders: Set<string>;
  /** Devices and inodes of the files that were taken. */
  inodes: Set<string>;
}

/** The facts that the path of a folder states about the transcripts in it. */
interface Way {
  root: string;
  /** Depth of the folder below `projects`: 1 for that of a project, 2 or more for that of a session. */
  depth: number;
  /** Undefined in the `projects` folder itself. */
  slug?: string;
  /** The session that called the agents, from `<session>/subagents/…`. The old layout does not say. */
  session?: string;
}

/** `real` is the folder's path without links. */
function searchFolder(folder: string, real: string | undefined, way: Way, search: Search): void {
  if (real === undefined || search.folders.has(real)) return;
  search.folders.add(real);
  const inSession = way.depth >= 2;
  const entries = listFolder(folder, search);
  const metas = new Set(entries.flatMap(({ name }) => (name.endsWith(META) ? name : [])));
  for (const entry of entries) {
    const { name } = entry;
    const path = `${folder}${sep}${name}`; // join normalizes every path again
    if (name.endsWith(".jsonl")) addFile(path, name, metas, way, search);
    else if (!(inSession && NO_TRANSCRIPTS_IN.has(name)) && isFolder(path, entry)) {
      const inside = entry.isSymbolicLink() ? realpathOf(path) : `${real}${sep}${name}`;
      if (inside !== undefined && !search.folders.has(inside) && isAround(inside, real)) {
        search.unreadable.push({ path, cause: new Error(`${path}: a link to a folder that it is in`) });
        continue;
      }
      const session = inSession && name === "subagents" ? basename(folder) : way.session;
      const { root, slug = name, depth } = way;
      const next: Way = { root, slug, depth: depth + 1, ...(session !== undefined && { session }) };
      searchFolder(path, inside, next, search);
    }
  }
}

/** Returns whether a folder holds another one: a link to `/` would lead to everything on the disk. */
function isAround(folder: string, other: string): boolean {
  return folder !== other && other.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** Folders of a session, not of a project: that can have any name (`CLAUDE_CODE_PROJECT_DIR_NAME`). */
const NO_TRANSCRIPTS_IN = new Set(["tool-results", "memory"]);

function listFolder(folder: string, search: Search): Dirent[] {
  return orReport(folder, search, () => readdirSync(folder, { withFileTypes: true })) ?? [];
}

function isFolder(path: string, entry: Dirent): boolean {
  return entry.isSymbolicLink()
    ? (orUndefined(() => statSync(path))?.isDirectory() ?? false)
    : entry.isDirectory();
}

const META = ".meta.json";

/** Workflow folders keep a `journal.jsonl` of their own beside the agents' transcripts. */
const NO_TRANSCRIPTS = new Set(["journal.jsonl", "history.jsonl"]);

/** The character that Node writes for bytes of a name that are not UTF-8: a path with it leads nowhere. */
const UNDECODED = "\uFFFD";

function addFile(
  path: string,
  file: string,
  metas: ReadonlySet<string>,
  { root, slug = "", session = "" }: Way,
  search: Search,
): void {
  if (NO_TRANSCRIPTS.has(file)) return;
  // No entry: deleted in the meantime, or a link to nowhere.
  const stats = orReport(path, search, () => statSync(path, { throwIfNoEntry: false }));
  if (!stats && path.includes(UNDECODED))
    search.unreadable.push({ path, cause: new Error(`${path}: its name is not valid UTF-8`) });
  if (!stats) return;
  if (!stats.isFile()) {
    // Opening a pipe or a device could wait forever.
    search.unreadable.push({ path, cause: new Error(`${path}: not a regular file`) });
    return;
  }
  const identity = `${stats.dev}:${stats.ino}`;
  if (search.inodes.has(identity)) return;
  search.inodes.add(identity);
  const name = file.slice(0, -".jsonl".length);
  const agentId = name.startsWith("agent-") ? name.slice("agent-".length) : undefined;
  const hasMeta = agentId !== undefined && metas.has(name + META);
  search.files.push({
    path,
    root,
    slug,
    session: agentId === undefined ? name : session,
    ...(agentId !== undefined && { agentId, hasMeta }),
    size: stats.size,
    mtimeMs: stats.mtimeMs,
    inode: stats.ino,
  });
}

function realpathOf(path: string): string | undefined {
  return orUndefined(() => realpathSync.native(path));
}

function orReport<T>(path: string, search: Search, call: () => T): T | undefined {
  return orUndefined(call, (cause) => search.unreadable.push({ path, cause }));
}

/** Returns the result of a system call; undefined if it fails. */
function orUndefined<T>(call: () => T, onFailure?: (cause: unknown) => void): T | undefined {
  try {
    return call();
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    onFailure?.(thrown);
    return undefined;
  }
}
