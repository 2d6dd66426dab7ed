import { join } from "node:path";
import { type Recovered, recoverWinners } from "../cascade/apply.ts";
import { sweepRuns } from "../cascade/live-runs.ts";
import { openAttemptLog } from "../store/attempts.ts";
import type { OpenedStore } from "../store/open.ts";
import { cascadesFolder, dataHome } from "./workspace.ts";

/** Returns where winners of cascades and their patches are kept. */
export function winnersFolder(env: NodeJS.ProcessEnv): string {
  return join(dataHome(env), "rolecall");
}

/**
 * Cleans up after cascades that were killed: removes what they left, records the attempts that were running, and takes
 * back files that were written in part. Returns what the user should know, a sentence each.
 */
export async function sweepCascades(store: OpenedStore, env: NodeJS.ProcessEnv): Promise<string[]> {
  const recovered = recoverWinners(winnersFolder(env));
  const { attempts, kept } = await sweepRuns(cascadesFolder(env));
  const log = openAttemptLog(store);
  for (const attempt of attempts) log.record(attempt);
  return [...recovered.map(describeRecovery), ...kept.map(describeKept)];
}

function describeRecovery({ winner: { run, root, patchFile }, foreign }: Recovered): string {
  const left = foreign.length > 0 ? ` Not restored, because you changed them: ${foreign.join(", ")}.` : "";
  const kept = `The changes are kept: git apply ${patchFile} or rolecall cascade --redo ${run}`;
  return `A cascade was killed while it wrote to ${root}; your files are as they were before.${left} ${kept}`;
}

function describeKept(folder: string): string {
  return `A cascade was killed after its check had passed. The attempt's copy of your project is kept in ${folder}`;
}
