import { join } from "node:path";
import { withMark } from "../executor/processes.ts";
import { withoutRepository } from "./git.ts";
import type { LiveRun } from "./live-runs.ts";
import { relocateEnvironment } from "./relocate.ts";
import type { Start } from "./start.ts";

/** The place in which the programs of an attempt run. */
export interface AttemptPlace {
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** The folder of the user, in an attempt's copy, with an environment that leads into the copy as well. */
export function placeIn(
  folder: string,
  { env, run, start }: { env: NodeJS.ProcessEnv; run: LiveRun; start: Start },
): AttemptPlace {
  const cwd = join(folder, start.prefix);
  const moved = relocateEnvironment(withoutRepository(env), { from: start.root, to: folder });
  return { cwd, env: { ...withMark(moved, run.mark), PWD: cwd } };
}
