import type { FileChange } from "./change.ts";
import { copyStart } from "./start-copy.ts";
import { gitStart } from "./start-git.ts";

/**
 * The state that every attempt starts from: the user's files as they were when the cascade began, changes that are not
 * committed included. Nothing here writes into the user's tree.
 */
export interface Start {
  kind: "git" | "copy";
  /** Root of the user's tree. */
  root: string;
  /** Where in the tree the user stood: relative to the root, empty at the root. */
  prefix: string;
  /** Makes `folder` and puts the starting state into it. */
  prepare(folder: string): Promise<void>;
  /** What is different in `folder` now. */
  changesIn(folder: string): Promise<FileChange[]>;
}

/** Pins the state of the tree that `cwd` is in. `scratch` is a folder for what has to be kept meanwhile. */
export async function pinStart(cwd: string, scratch: string, env: NodeJS.ProcessEnv): Promise<Start> {
  return (await gitStart(cwd, scratch, env)) ?? (await copyStart(cwd, scratch));
}
