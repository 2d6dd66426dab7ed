import { dirname, isAbsolute } from "node:path";
import { isRepositoryRoot, mainCheckoutOf } from "../client/places.ts";
import { projectName } from "./filters.ts";

/** Returns the repository that a project's folder belongs to: the folder of its main checkout. */
export type RepositoryOf = (project: string) => string;

/**
 * Makes a function that finds the repository of a project: from git if the folder is there, otherwise from the path. A project outside
 * of any repository is its own.
 */
export function repositoryFinder(): RepositoryOf {
  const known = new Map<string, string>();
  return (path) => {
    let found = known.get(path);
    if (found === undefined) known.set(path, (found = repositoryOf(path)));
    return found;
  };
}

function repositoryOf(path: string): string {
  const project = projectName(path);
  const root = isAbsolute(project) ? rootAbove(project) : undefined;
  return root === undefined ? withoutWorktree(project) : mainCheckoutOf(root);
}

function rootAbove(folder: string): string | undefined {
  if (isRepositoryRoot(folder)) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : rootAbove(above);
}

/** Removes what tools and people add to a repository's path for its worktrees: `cli/.worktrees/x`, `cli.worktrees/x`, `cli-worktrees/x`. */
function withoutWorktree(path: string): string {
  return path.replace(/(?:[\\/]\.worktrees|(?<=[^\\/])[.-]worktrees)[\\/].*$/, "");
}
