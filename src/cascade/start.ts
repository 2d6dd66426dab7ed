import type { FileChange } from "./file-state.ts";
import type { LeftOut, Signature } from "./left-out.ts";
import { copyStart } from "./start-copy.ts";
import { gitStart } from "./start-git.ts";

/**
 * The state that every attempt starts from: the user's files as they were when the cascade began, with the changes that
 * are not committed. Nothing of it writes into the user's tree.
 */
export interface Start {
  kind: "git" | "copy";
  /** Root of the user's tree. */
  root: string;
  /** The user's folder in the tree: relative to the root, empty at the root. */
  prefix: string;
  /** Makes `folder` and puts the starting state into it. Returns what could not be copied. */
  prepare(folder: string): Promise<string[]>;
  /** Signs what `changesIn` does not look at, so that `leftOutOf` sees whether it changed. */
  sign(folder: string): Promise<Signature>;
  /** Compares `folder` with the starting state. */
  changesIn(folder: string): Promise<FileChange[]>;
  /** Finds what changed in `folder` since it was signed, and is not among its changes. */
  leftOutOf(folder: string, signed: Signature): Promise<LeftOut[]>;
}

/**
 * Pins the state of the tree that contains `cwd`. `scratch` is a folder for what has to be kept meanwhile. The signal ends
 * all copying with its reason.
 */
export async function pinStart(
  cwd: string,
  scratch: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Start> {
  return (await gitStart(cwd, scratch, env, signal)) ?? (await copyStart(cwd, scratch, env, signal));
}
