import type { Task } from "../../domain/task.ts";
import { ratesFor } from "../../models/price.ts";
import type { AdviceContext } from "../context.ts";
import { findPattern, turnsBySession } from "../pattern.ts";
import { type Count, differenceOfRates } from "../statistics/rates.ts";
import type { AdviceRule } from "./rule.ts";

const LEAST = 5;
/** Smaller contexts cost next to nothing to write again. */
const LONG_TOKENS = 20_000;

/** A fresh session instead of another model in the middle of one: the new model has none of the context in its cache. */
export const freshSession: AdviceRule = {
  kind: "fresh-session",
  recommend(context) {
    const pairs = turnsBySession(context.tasks).flatMap((turns) =>
      turns.slice(1).map((turn, i) => ({ turn, stayed: turns[i]?.models.at(-1) === turn.models[0] })),
    );
    const long = pairs.filter(({ turn }) => turn.contextTokens > LONG_TOKENS);
    const stayed = long.filter((pair) => pair.stayed).map(({ turn }) => turn);
    const moved = long.filter((pair) => !pair.stayed).map(({ turn }) => turn);
    const switched = moved.filter(wroteAnew);
    // Turns that stayed on their model write everything anew as well at times: only what is more than that is paid for switching.
    const excess = differenceOfRates(
      [{ weight: 1, current: countOf(stayed), proposed: countOf(moved) }],
      context.z,
    );
    if (switched.length < LEAST || excess.low <= 0) return [];
    const rewritten = switched.reduce((sum, turn) => sum + rewriteUsd(turn, context), 0);
    const usd = (rewritten * excess.mid * moved.length) / switched.length;
    return findPattern(
      {
        kind: "fresh-session",
        role: "main",
        agent: "main",
        tasks: switched,
        savedUsd: { low: usd / 2, mid: usd, high: usd },
        confidence: "watch",
        basis: [`${switched.length} turns went on with another model and paid for the whole context again`],
        command: "/clear before switching the model, with a summary of where things stand",
      },
      context,
    );
  },
};

function countOf(turns: readonly Task[]): Count {
  return { accepted: turns.filter(wroteAnew).length, known: turns.length };
}

function wroteAnew({ tokens, contextTokens }: Task): boolean {
  return tokens.cacheWrite5m + tokens.cacheWrite1h + tokens.input >= 0.8 * contextTokens;
}

function rewriteUsd(turn: Task, { table }: AdviceContext): number {
  const entry = table.find(turn.models[0] ?? "");
  const rates = entry && ratesFor(entry, turn.contextTokens, { at: turn.startedAt });
  return rates ? (turn.contextTokens * (rates.cacheWrite5m - rates.cacheRead)) / 1e6 : 0;
}
