import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where transcripts are read and where their figures are kept. */
export interface Workspace {
  /** Configuration folders of Claude Code, each with a `projects` folder. */
  roots: readonly string[];
  /** The store's file, or `:memory:`. */
  dbFile: string;
  /** The shipped transcripts are read, and nothing is kept. */
  demo: boolean;
}

export interface WorkspaceOptions {
  claudeDirs?: readonly string[];
  db?: string;
  demo?: boolean;
}

/** The transcripts that the package ships. */
export const DEMO_ROOT = fileURLToPath(new URL("../../fixtures/demo", import.meta.url));

/** What `--demo` takes for now, so that its last 30 days stay full: the time of its newest entry. */
export const DEMO_NOW = Date.parse("2026-11-20T15:44:54.817Z");

/** `--claude-dir`, CLAUDE_CONFIG_DIR (a comma-separated list too), or the usual places that exist. */
export function resolveWorkspace(options: WorkspaceOptions, env: NodeJS.ProcessEnv): Workspace {
  if (options.demo) return { roots: [DEMO_ROOT], dbFile: ":memory:", demo: true };
  const home = env["HOME"] || env["USERPROFILE"] || homedir();
  const dataHome = env["XDG_DATA_HOME"] || join(home, ".local/share");
  return {
    roots: rootsFrom(options.claudeDirs ?? [], env, home),
    dbFile: options.db || env["ROLECALL_DB"] || join(dataHome, "rolecall/rolecall.db"),
    demo: false,
  };
}

function rootsFrom(named: readonly string[], env: NodeJS.ProcessEnv, home: string): string[] {
  if (named.length > 0) return [...named];
  const listed = (env["CLAUDE_CONFIG_DIR"] ?? "")
    .split(",")
    .map((folder) => folder.trim())
    .filter((folder) => folder !== "");
  if (listed.length > 0) return listed;
  const usual = [join(home, ".claude"), join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "claude")];
  const present = usual.filter((folder) => existsSync(join(folder, "projects")));
  return present.length > 0 ? present : usual;
}

/** The user's own prices, which add to the catalogue where the file exists. */
export function defaultPriceFile(env: NodeJS.ProcessEnv): string {
  const home = env["HOME"] || env["USERPROFILE"] || homedir();
  return join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "rolecall/prices.yaml");
}

/** Where the folders of cascades are, while these run. */
export function cascadesFolder(env: NodeJS.ProcessEnv): string {
  const home = env["HOME"] || env["USERPROFILE"] || homedir();
  return join(env["XDG_CACHE_HOME"] || join(home, ".cache"), "rolecall/cascades");
}
