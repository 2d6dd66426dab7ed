import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The places where transcripts are read and where their numbers are kept. */
export interface Workspace {
  /** Configuration folders of Claude Code, each with a `projects` folder. */
  roots: readonly string[];
  /** The store's file, or `:memory:`. */
  dbFile: string;
  /** The shipped transcripts are read, and nothing is kept. */
  demo: boolean;
  /** Problems of the folders that the user named, a sentence each. */
  notices: readonly string[];
}

export interface WorkspaceOptions {
  claudeDirs?: readonly string[];
  db?: string;
  demo?: boolean;
}

/** The transcripts that the package ships. */
export const DEMO_ROOT = fileURLToPath(new URL("../../fixtures/demo", import.meta.url));

/** The time that `--demo` takes for now, so that its last 30 days stay full: that of its newest entry. */
export const DEMO_NOW = Date.parse("2026-11-20T15:44:54.817Z");

/** Returns what `--claude-dir` and CLAUDE_CONFIG_DIR (which can be a list) name, else the usual folders that exist. */
export function resolveWorkspace(options: WorkspaceOptions, env: NodeJS.ProcessEnv): Workspace {
  if (options.demo) return { roots: [DEMO_ROOT], dbFile: ":memory:", demo: true, notices: [] };
  const named = (options.claudeDirs?.length ?? 0) > 0 ? options.claudeDirs : undefined;
  const listed = named ?? splitList(env["CLAUDE_CONFIG_DIR"] ?? "", env);
  const roots = listed.length > 0 ? listed.map((folder) => canonical(folder, env)) : usualRoots(env);
  return {
    roots: [...new Set(roots)],
    dbFile: expandHome(options.db || env["ROLECALL_DB"] || join(dataHome(env), "rolecall/rolecall.db"), env),
    demo: false,
    notices: listed.length > 0 ? roots.flatMap((root) => problemOf(root) ?? []) : [],
  };
}

/** Splits a list at its commas; a folder that exists under its whole name, commas included, is that folder. */
function splitList(list: string, env: NodeJS.ProcessEnv): string[] {
  if (list.trim() !== "" && existsSync(expandHome(list.trim(), env))) return [list.trim()];
  return list
    .split(",")
    .map((folder) => folder.trim())
    .filter((folder) => folder !== "");
}

function usualRoots(env: NodeJS.ProcessEnv): string[] {
  const home = homeOf(env);
  const usual = [join(home, ".claude"), join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "claude")];
  const present = usual.filter((folder) => existsSync(join(folder, "projects")));
  return (present.length > 0 ? present : usual).map((folder) => canonical(folder, env));
}

/** Returns the path that a folder is known by: its real one, so that a link to it or a slash at its end is not another folder. */
export function canonical(folder: string, env: NodeJS.ProcessEnv): string {
  const path = resolve(expandHome(folder, env));
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** Writes a path below the home folder with `~`; returns anything else as it is. */
export function withTilde(path: string, env: NodeJS.ProcessEnv): string {
  if (!isAbsolute(path)) return path;
  const inside = relative(homeOf(env), path);
  return isAbsolute(inside) || inside.startsWith("..") ? path : join("~", inside);
}

/** The shell expands only the first `~` of a list. */
function expandHome(path: string, env: NodeJS.ProcessEnv): string {
  return path === "~" || /^~[\\/]/.test(path) ? join(homeOf(env), path.slice(1)) : path;
}

function problemOf(root: string): string | undefined {
  const stats = statSync(root, { throwIfNoEntry: false });
  if (!stats) return `configuration folder "${root}" does not exist`;
  if (!stats.isDirectory()) return `"${root}" is not a folder`;
  if (existsSync(join(root, "projects"))) return undefined;
  if (!isReadable(root)) return `"${root}" cannot be read: permission denied`;
  return basename(root) === "projects"
    ? `"${root}" is a projects folder. Name the folder that contains it: ${dirname(root)}`
    : `"${root}" has no projects folder, so it holds no transcripts`;
}

function isReadable(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function homeOf(env: NodeJS.ProcessEnv): string {
  return env["HOME"] || env["USERPROFILE"] || homedir();
}

/** Returns the path of the user's configuration file, whether it exists or not. */
export function configFile(env: NodeJS.ProcessEnv): string {
  return join(configHome(env), "rolecall/config.yaml");
}

/** Returns the folder that programs keep their configuration in. */
function configHome(env: NodeJS.ProcessEnv): string {
  return env["XDG_CONFIG_HOME"] || join(homeOf(env), ".config");
}

export function dataHome(env: NodeJS.ProcessEnv): string {
  return env["XDG_DATA_HOME"] || join(homeOf(env), ".local/share");
}

/** The user's own prices, which add to the catalogue where the file exists. */
export function defaultPriceFile(env: NodeJS.ProcessEnv): string {
  return join(configHome(env), "rolecall/prices.yaml");
}

/** Returns where the folders of cascades are, while these run. */
export function cascadesFolder(env: NodeJS.ProcessEnv): string {
  return join(cacheFolder(env), "cascades");
}

/** Returns where rolecall keeps what it can do without. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env["XDG_CACHE_HOME"] || join(homeOf(env), ".cache"), "rolecall");
}
