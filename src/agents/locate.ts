import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { configDir, locatePolicies, POLICY_FILE, type PolicyPlaces } from "../policy/places.ts";
import type { Target } from "./change.ts";

/** Folder and level that a command works on. */
export interface AgentPlace {
  /** Folder from which the project is looked for. */
  cwd: string;
  /** Environment: it says where the user's folders are. */
  env: NodeJS.ProcessEnv;
  /** The user's configuration folder instead of the project. */
  user?: boolean | undefined;
  /** settings.local.json instead of settings.json. */
  local?: boolean | undefined;
  /** Folder that gets a policy of its own, if it is not the folder that `cwd` belongs to. */
  root?: string | undefined;
}

/** Returns the target and the policy files of a place. A root that is a link is replaced by its real path. */
export function locateTarget({ cwd, env, user, local, root }: AgentPlace): {
  target: Target;
  places: PolicyPlaces;
} {
  const located = locatePolicies(cwd, env);
  const found = root === undefined ? located : { ...located, root, project: join(root, POLICY_FILE) };
  const settings = local ? "settings.local.json" : "settings.json";
  const target: Target = user
    ? { level: "user", root: real(configDir(env)), prefix: "", policyFile: found.user, settings }
    : { level: "project", root: real(found.root), prefix: ".claude/", settings };
  return { target, places: user ? { ...found, project: found.user } : found };
}

/** Returns the target of a place, and that of the user. */
export function locateBoth(place: AgentPlace): Target[] {
  return [place, { ...place, user: true }].map((one) => locateTarget(one).target);
}

/** Returns the same, each folder once: a project can be the user's configuration folder. */
export function locateFolders(place: AgentPlace): Target[] {
  const targets = locateBoth(place);
  return targets.filter(({ root }, at) => targets.findIndex((one) => one.root === root) === at);
}

function real(path: string): string {
  return existsSync(path) ? realpathSync.native(path) : path; // with the case on disk
}
