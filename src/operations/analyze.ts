import { type CheckedSession, judgeCascades, withCheck } from "../analysis/cascades.ts";
import { analyzeSession, RULES_VERSION, type SessionAnalysis } from "../analysis/session.ts";
import type { Period } from "../domain/period.ts";
import type { ModelTable } from "../models/resolve.ts";
import { openAttemptLog } from "../store/attempts.ts";
import type { Store } from "../store/open.ts";
import { readSessionAnalyses, readStaleSessions, writeSessionAnalysis } from "../store/session-analyses.ts";
import { readSession } from "../store/session-rows.ts";

/** Judges every session that has news; the rest keeps the judgement that it had. */
export function judgeSessions(store: Store, models: ModelTable): number {
  const stale = readStaleSessions(store, RULES_VERSION);
  if (stale.length === 0) return 0;
  store.db.transaction(() => {
    for (const stamp of stale) {
      const input = readSession(store, stamp.session);
      if (input) writeSessionAnalysis(store, stamp, analyzeSession(input, models, stamp.cleared));
    }
  })();
  return stale.length;
}

/** What the rules make of the sessions of a period. Turns that forks and branches copied are in only one of them. */
export function readAnalyses(store: Store, models: ModelTable, period: Period): SessionAnalysis[] {
  judgeSessions(store, models);
  const { since = 0, until = Number.MAX_SAFE_INTEGER } = period;
  const analyses = readSessionAnalyses(store, since, until).map(
    (body) => JSON.parse(body) as SessionAnalysis,
  );
  const checked = judgeCascades(openAttemptLog(store).list(since - CASCADE_MS, until + CASCADE_MS));
  return withoutCopies(analyses).map((analysis) =>
    withChecks(within(analysis, since, until), checked.get(analysis.session)),
  );
}

/** The attempts of one cascade may lie on both sides of a period's border. */
const CASCADE_MS = 86_400_000;

function withChecks(analysis: SessionAnalysis, checked: CheckedSession | undefined): SessionAnalysis {
  return checked ? { ...analysis, tasks: analysis.tasks.map((task) => withCheck(task, checked)) } : analysis;
}

function withoutCopies(analyses: readonly SessionAnalysis[]): SessionAnalysis[] {
  const seen = new Set<string>();
  return analyses.map((analysis) => ({
    ...analysis,
    tasks: analysis.tasks.filter(({ key, kind }) => {
      const known = key !== "" && seen.has(`${kind} ${key}`);
      seen.add(`${kind} ${key}`);
      return !known;
    }),
  }));
}

function within(analysis: SessionAnalysis, since: number, until: number): SessionAnalysis {
  const inside = <Item extends { at: number }>(items: readonly Item[]): Item[] =>
    items.filter(({ at }) => at >= since && at < until);
  return {
    ...analysis,
    tasks: analysis.tasks.filter(({ startedAt }) => startedAt >= since && startedAt < until),
    switches: inside(analysis.switches),
    retries: inside(analysis.retries),
    failures: inside(analysis.failures),
    substitutions: inside(analysis.substitutions),
  };
}
