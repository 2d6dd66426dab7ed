import { DAY_MS } from "../domain/calendar.ts";
import { judgeCascades, withCheck } from "../analysis/outcomes/cascades.ts";
import type { SessionAnalysis } from "../analysis/outcomes/session.ts";
import type { Period } from "../domain/period.ts";
import { openAttemptLog } from "../store/attempts.ts";
import type { OpenedStore } from "../store/open.ts";

/** The attempts of one cascade may lie on both sides of a period's border. */
const CASCADE_MS = DAY_MS;

/** Makes a function that gives the tasks of cascades' sessions the outcomes that the checks found. */
export function readChecks(
  store: OpenedStore,
  { since = 0, until = Number.MAX_SAFE_INTEGER }: Period,
): (analysis: SessionAnalysis) => SessionAnalysis {
  const sessions = judgeCascades(openAttemptLog(store).list(since - CASCADE_MS, until + CASCADE_MS));
  return (analysis) => {
    const checked = sessions.get(analysis.session);
    return checked
      ? { ...analysis, tasks: analysis.tasks.map((task) => withCheck(task, checked)) }
      : analysis;
  };
}
