import type { Task } from "../../domain/task.ts";
import { ratesFor } from "../../models/price.ts";
import type { AdviceContext } from "../context.ts";
import { findPattern, turnsBySession } from "../pattern.ts";
import type { AdviceRule } from "./rule.ts";

const FIVE_MINUTES_MS = 300_000;
const HOUR_MS = 3_600_000;
const LEAST = 10;
/** Share of its context that a turn writes again when the cache has run out, and when it has not. */
const REWRITTEN = 0.8;
const KEPT = 0.3;

/**
 * One-hour caching for sessions with pauses: a pause of 5 to 60 minutes costs the whole context again at the five-minute
 * price, one-hour writes cost 1.6 times as much. Says so only where turns after such pauses did write their context again
 * and the others did not.
 */
export const cacheLifetime: AdviceRule = {
  kind: "cache-lifetime",
  recommend(context) {
    const pairs = turnsBySession(context.tasks).flatMap((turns) =>
      turns.slice(1).map((turn, i) => ({ turn, pauseMs: turn.startedAt - endOf(turns[i] as Task) })),
    );
    const quick = pairs.filter(({ pauseMs }) => pauseMs < FIVE_MINUTES_MS).map(({ turn }) => turn);
    const paused = pairs
      .filter(({ pauseMs }) => pauseMs >= FIVE_MINUTES_MS && pauseMs < HOUR_MS)
      .map(({ turn }) => turn);
    if (quick.length < LEAST || median(quick.map(rewritten)) > KEPT) return [];
    const lost = paused.filter((turn) => rewritten(turn) >= REWRITTEN);
    if (lost.length < LEAST) return [];
    const mid = lost.reduce((sum, turn) => sum + lostUsd(turn, context), 0) - dearerUsd(context);
    const spread = mid / Math.sqrt(lost.length);
    return findPattern(
      {
        kind: "cache-lifetime",
        role: "main",
        agent: "main",
        tasks: lost,
        savedUsd: { low: mid - 2 * spread, mid, high: mid + 2 * spread },
        confidence: "try",
        basis: [
          `${lost.length} turns began 5 to 60 minutes after the one before and wrote their context again`,
          "the higher price of one-hour writes on all turns is taken off",
        ],
        successChange: { low: 0, high: 0 },
        policyPatch: { main: { cache: { main: "1h" } } },
      },
      context,
    );
  },
};

function endOf(task: Task): number {
  return task.startedAt + task.durationMs;
}

function rewritten({ tokens, contextTokens }: Task): number {
  return contextTokens > 0 ? tokens.cacheWrite5m / contextTokens : 0;
}

function lostUsd(turn: Task, { table }: AdviceContext): number {
  const entry = table.find(turn.models[0] ?? "");
  const rates = entry && ratesFor(entry, turn.contextTokens, { at: turn.startedAt });
  return rates ? (turn.contextTokens * (rates.cacheWrite5m - rates.cacheRead)) / 1e6 : 0;
}

/** What one-hour writes would have cost more on everything that the main thread wrote for five minutes. */
function dearerUsd({ tasks, table }: AdviceContext): number {
  return tasks.reduce((sum, task) => {
    const entry = task.kind === "turn" ? table.find(task.models[0] ?? "") : undefined;
    const rates = entry && ratesFor(entry, task.contextTokens, { at: task.startedAt });
    return sum + (rates ? (task.tokens.cacheWrite5m * (rates.cacheWrite1h - rates.cacheWrite5m)) / 1e6 : 0);
  }, 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
