import { sweepRuns } from "../cascade/live-runs.ts";
import { openAttemptLog } from "../store/attempts.ts";
import type { Store } from "../store/open.ts";
import { cascadesFolder } from "./workspace.ts";

/** Takes away what cascades that were killed have left, and records the attempts that were on their way. */
export async function sweepCascades(store: Store, env: NodeJS.ProcessEnv): Promise<void> {
  const attempts = await sweepRuns(cascadesFolder(env));
  if (attempts.length === 0) return;
  const log = openAttemptLog(store);
  for (const attempt of attempts) log.record(attempt);
}
