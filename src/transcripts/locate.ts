import { type Dirent, readdirSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, join, sep } from "node:path";

/** One transcript on disk, with what its place says about it. */
export interface TranscriptFile {
  path: string;
  /** The configuration folder that it was found in, as it was given. */
  root: string;
  /** The folder of its project under `projects/`: Claude Code's lossy spelling of the working directory. */
  slug: string;
  /** The session that its place names; the entries inside have the last word. */
  session: string;
  /** Sub-agent files only. */
  agentId?: string;
  size: number;
  mtimeMs: number;
  inode: number;
}

/** A place that could not be looked into. */
export interface Unreadable {
  path: string;
  cause: unknown;
}

/** What was found below the roots. */
export interface Located {
  files: TranscriptFile[];
  unreadable: Unreadable[];
}

/**
 * Every transcript under the `projects` folders of `roots` (configuration folders such as `~/.claude`): main files,
 * `subagents/` at any depth, and the old layout with `agent-*.jsonl` beside the session. One readdir per folder and one
 * stat per file; links are followed, but no folder is entered and no file taken twice. Missing roots are no error.
 */
export function locateTranscripts(roots: readonly string[]): Located {
  const search: Search = { files: [], unreadable: [], folders: new Set(), inodes: new Set() };
  for (const root of roots) {
    const projects = join(root, "projects");
    searchFolder(projects, realpathOf(projects), { root }, search);
  }
  return { files: search.files, unreadable: search.unreadable };
}

interface Search extends Located {
  /** Real paths of the folders entered. */
  folders: Set<string>;
  /** Devices and inodes of the files taken. */
  inodes: Set<string>;
}

/** What the way to a folder says of the transcripts in it. */
interface Way {
  root: string;
  /** Undefined in the `projects` folder itself. */
  slug?: string;
  /** `<session>/subagents/…`: the session that agents' transcripts are of. The old layout does not say. */
  session?: string;
}

/** `real` is the folder without links on the way. */
function searchFolder(folder: string, real: string | undefined, way: Way, search: Search): void {
  if (real === undefined || search.folders.has(real)) return;
  search.folders.add(real);
  for (const entry of listFolder(folder, search)) {
    const { name } = entry;
    const path = `${folder}${sep}${name}`; // join looks at every letter again
    if (name.endsWith(".jsonl")) addFile(path, name, way, search);
    else if (!NO_TRANSCRIPTS_IN.has(name) && isFolder(path, entry)) {
      const inside = entry.isSymbolicLink() ? realpathOf(path) : `${real}${sep}${name}`;
      const session = name === "subagents" ? basename(folder) : way.session;
      searchFolder(
        path,
        inside,
        { root: way.root, slug: way.slug ?? name, ...(session !== undefined && { session }) },
        search,
      );
    }
  }
}

const NO_TRANSCRIPTS_IN = new Set(["tool-results", "memory"]);

function listFolder(folder: string, search: Search): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    search.unreadable.push({ path: folder, cause });
    return [];
  }
}

function isFolder(path: string, entry: Dirent): boolean {
  return entry.isSymbolicLink() ? (statOf(path)?.isDirectory() ?? false) : entry.isDirectory();
}

/** Workflow folders keep a `journal.jsonl` of their own beside the agents' transcripts. */
const NO_TRANSCRIPTS = new Set(["journal.jsonl", "history.jsonl"]);

function addFile(path: string, file: string, { root, slug = "", session = "" }: Way, search: Search): void {
  if (NO_TRANSCRIPTS.has(file)) return;
  const stats = statOf(path);
  if (!stats?.isFile()) return;
  const identity = `${stats.dev}:${stats.ino}`;
  if (search.inodes.has(identity)) return;
  search.inodes.add(identity);
  const name = file.slice(0, -".jsonl".length);
  const agentId = name.startsWith("agent-") ? name.slice("agent-".length) : undefined;
  search.files.push({
    path,
    root,
    slug,
    session: agentId === undefined ? name : session,
    ...(agentId !== undefined && { agentId }),
    size: stats.size,
    mtimeMs: stats.mtimeMs,
    inode: stats.ino,
  });
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // a link in a loop, or a folder above that may not be entered
  }
}

function realpathOf(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined; // vanished in between, or a link to nowhere
  }
}
