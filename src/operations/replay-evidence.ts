import type { Outcomes } from "../advice/belief.ts";
import type { Attempt } from "../domain/attempt.ts";
import { replayedAgent } from "../domain/replay.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { hasAttempts, openAttemptLog } from "../store/attempts.ts";
import type { OpenedStore } from "../store/open.ts";
import { modelOf } from "../history/own-attempts.ts";

/** Reads the replays of past tasks whose check was run: the latest of each task, model and check. */
export function readReplays(store: OpenedStore): Attempt[] {
  const checked = listReplays(store).filter(
    ({ result, check }) => result === "accepted" || check === "command",
  );
  return [...new Map(checked.map((attempt) => [attempt.run, attempt])).values()];
}

/** Returns what replays say about models, by the agent whose work was run again. */
export function replayOutcomes({ store, models }: OpenedHistory): Map<string, Outcomes[]> {
  const replays = readReplays(store);
  const byAgent = Map.groupBy(replays, ({ taskType }) => replayedAgent(taskType) ?? "");
  return new Map(
    [...byAgent].map(([agent, own]) => [
      agent,
      own.map((attempt) => ({
        at: {
          model: modelOf(attempt, models),
          ...(attempt.effort && { effort: attempt.effort }),
        },
        votes: { accepted: attempt.result === "accepted" ? 1 : 0, known: 1 },
      })),
    ]),
  );
}

/** Returns the sessions of replays: they are not the user's own work. */
export function replaySessions(store: OpenedStore): Set<string> {
  return new Set(listReplays(store).flatMap(({ session }) => session ?? []));
}

function listReplays(store: OpenedStore): Attempt[] {
  if (!hasAttempts(store)) return [];
  return openAttemptLog(store)
    .list(0)
    .filter(({ taskType }) => replayedAgent(taskType) !== undefined);
}
