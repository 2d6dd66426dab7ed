import { existsSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { configDir } from "../policy/places.ts";
import { readTextFile } from "../policy/read-file.ts";
import { RolecallError } from "../errors.ts";

/** Folders that Claude Code reads from when it is started in a folder. */
export interface ClientPlaces {
  /** The folder that it is started in, without links. */
  cwd: string;
  configDir: string;
  /** Folders whose `.claude` has the agents, skills and commands of the project, the nearest first. */
  projects: readonly string[];
  /** Root of the repository's main checkout; undefined outside of a repository. */
  mainCheckout: string | undefined;
  /** Folder of the settings and agents that an administrator puts on the machine. */
  managed: string;
}

/** The place in which Claude Code is started. */
export interface PlacesRequest {
  /** Folder in which Claude Code is started. */
  cwd: string;
  /** Environment in which it is started. */
  env: NodeJS.ProcessEnv;
  /** The configuration folder, if it is not CLAUDE_CONFIG_DIR or ~/.claude. */
  claudeDir?: string | undefined;
  /** The folder of managed settings, if it is not the system's. */
  managedDir?: string | undefined;
}

const MANAGED: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "/Library/Application Support/ClaudeCode",
  win32: "C:\\Program Files\\ClaudeCode",
};

/** Locates everything that Claude Code reads from. */
export function locateClient({ cwd, env, claudeDir, managedDir }: PlacesRequest): ClientPlaces {
  const here = real(resolve(cwd));
  const home = real(env["HOME"] || homedir());
  const up = foldersUp(here, home);
  const root = up.find(isRepositoryRoot);
  const main = root && mainCheckoutOf(root);
  return {
    cwd: here,
    configDir: claudeDir ? resolve(cwd, claudeDir) : configDir(env),
    projects: [...up, ...fallback(root, main)],
    mainCheckout: main,
    managed: managedDir ?? MANAGED[process.platform] ?? "/etc/claude-code",
  };
}

/** Returns the folder and those above it, up to the repository's root; outside of one, to the home folder or the file system's root. */
function foldersUp(from: string, home: string): string[] {
  if (from === home) return [];
  const above = dirname(from);
  return isRepositoryRoot(from) || above === from ? [from] : [from, ...foldersUp(above, home)];
}

/** Returns whether a folder is the root of a checkout of git. */
export function isRepositoryRoot(folder: string): boolean {
  return existsSync(join(folder, ".git"));
}

/** A linked worktree without agents of its own has those of the main checkout. */
function fallback(root: string | undefined, main: string | undefined): string[] {
  if (root === undefined || main === undefined || root === main) return [];
  return existsSync(join(root, ".claude/agents")) ? [] : [main];
}

/** Returns the main checkout of a linked worktree, otherwise the root. */
export function mainCheckoutOf(root: string): string {
  const dotGit = join(root, ".git");
  if (statSync(dotGit, { throwIfNoEntry: false })?.isDirectory()) return root;
  const gitDir = /^gitdir:\s*(.+)$/m.exec(readIfRegular(dotGit) ?? "")?.[1]?.trim();
  const common = gitDir && readIfRegular(join(resolve(root, gitDir), "commondir"))?.trim();
  if (!gitDir || !common) return root; // a submodule
  const shared = resolve(root, gitDir, common);
  return basename(shared) === ".git" ? real(dirname(shared)) : root;
}

function readIfRegular(path: string): string | undefined {
  try {
    return readTextFile(path, { mostBytes: 4096 });
  } catch (error) {
    if (error instanceof RolecallError) return undefined; // a device in its place does not link to a repository
    throw error;
  }
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // nothing is there yet
  }
}
