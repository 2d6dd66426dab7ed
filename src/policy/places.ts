import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

export const POLICY_FILE = "rolecall.yaml";

/** Paths of the policies, whether they exist or not. */
export interface PolicyPlaces {
  /** Nearest folder upward that has a rolecall.yaml or is a repository's root; otherwise the starting folder. */
  root: string;
  /** Path of the project's policy. */
  project: string;
  /** Path of the user's policy. */
  user: string;
}

export function locatePolicies(cwd: string, env: NodeJS.ProcessEnv): PolicyPlaces {
  const root = findRoot(cwd) ?? cwd;
  const config = env["XDG_CONFIG_HOME"] || join(env["HOME"] || homedir(), ".config");
  return { root, project: join(root, POLICY_FILE), user: join(config, "rolecall", POLICY_FILE) };
}

function findRoot(from: string): string | undefined {
  if (existsSync(join(from, POLICY_FILE)) || existsSync(join(from, ".git"))) return from;
  const above = dirname(from);
  return above === from ? undefined : findRoot(above);
}

/** Returns Claude Code's configuration folder; the first if the variable has a list. */
export function configDir(env: NodeJS.ProcessEnv): string {
  const first = (env["CLAUDE_CONFIG_DIR"] ?? "").split(",").find(Boolean);
  return resolve(first ?? join(env["HOME"] || homedir(), ".claude"));
}
