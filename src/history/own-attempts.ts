import type { Attempt } from "../domain/attempt.ts";
import { modelMatcher } from "../domain/name-pattern.ts";
import type { Period } from "../domain/period.ts";
import { hasAttempts, openAttemptLog } from "../store/attempts.ts";
import { findCountedSessions } from "../store/requests.ts";
import type { Filters } from "./filters.ts";
import type { OpenedHistory } from "./open-history.ts";

/** Attempts of executor, cascades and batches. */
interface Attempts {
  all: Attempt[];
  /** Those that a bill has besides the transcripts. */
  own: Attempt[];
}

/**
 * Returns the attempts of a period. One whose session has requests in a transcript is not in `own`, because they count there.
 * Attempts belong to no project, branch, agent, role or account, so a filter by one of these leaves all of them out.
 */
export function readAttempts(history: OpenedHistory, period: Period, filters: Filters = {}): Attempts {
  const { store, models } = history;
  const { project, agent, role, branch, model } = filters;
  const hasPlace = project !== undefined || agent !== undefined || role !== undefined || branch !== undefined;
  if (history.isOneAccount || hasPlace || !hasAttempts(store)) return { all: [], own: [] };
  const isWanted = model === undefined ? () => true : modelMatcher(model);
  const all = openAttemptLog(store)
    .list(period.since ?? 0, period.until)
    .filter((attempt) => isWanted(modelOf(attempt, models)));
  const counted = findCountedSessions(
    store,
    all.flatMap(({ session }) => session ?? []),
  );
  return { all, own: all.filter(({ session }) => session === undefined || !counted.has(session)) };
}

/** Returns the canonical id of the model that served an attempt, or was asked for. */
export function modelOf({ servedModel, model }: Attempt, models: OpenedHistory["models"]): string {
  return models.find(servedModel ?? model)?.id ?? servedModel ?? model;
}

/** Returns whether an attempt used tokens: errors of the API and of the network are free. */
export function isBilled({ usage, costNano = 0 }: Attempt): boolean {
  return costNano > 0 || Object.values(usage).some((count) => count > 0);
}
