import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { codeOf, InvalidInputError, messageOf, type InputProblem } from "../errors.ts";
import { parsePolicy } from "./parse.ts";
import type { PolicyLayer } from "./written.ts";

const POLICY_FILE = "rolecall.yaml";

/** Where the policies are, or would be. */
export interface PolicyPlaces {
  /** The nearest folder upward that has a rolecall.yaml or is a repository's; else the folder it was looked for in. */
  root: string;
  project: string;
  user: string;
}

export function locatePolicies(cwd: string, env: NodeJS.ProcessEnv): PolicyPlaces {
  const root = findRoot(cwd) ?? cwd;
  const config = env["XDG_CONFIG_HOME"] || join(env["HOME"] || homedir(), ".config");
  return { root, project: join(root, POLICY_FILE), user: join(config, "rolecall", POLICY_FILE) };
}

/**
 * Reads the policies that exist, the project's before the user's. Throws InvalidInputError with the problems of both.
 */
export function loadPolicies({ project, user }: Pick<PolicyPlaces, "project" | "user">): PolicyLayer[] {
  const layers: PolicyLayer[] = [];
  const problems: InputProblem[] = [];
  for (const path of new Set([project, user])) {
    try {
      const text = readIfThere(path);
      if (text !== undefined) layers.push(parsePolicy(text, path));
    } catch (thrown) {
      if (!(thrown instanceof InvalidInputError)) throw thrown;
      problems.push(...thrown.problems);
    }
  }
  if (problems.length > 0) throw new InvalidInputError("the policy", problems);
  return layers;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT" || codeOf(thrown) === "ENOTDIR") return undefined;
    throw new InvalidInputError("the policy", [{ path, message: `cannot be read: ${messageOf(thrown)}` }]);
  }
}

function findRoot(from: string): string | undefined {
  if (existsSync(join(from, POLICY_FILE)) || existsSync(join(from, ".git"))) return from;
  const above = dirname(from);
  return above === from ? undefined : findRoot(above);
}
