import type { Task } from "../../domain/task.ts";
import { knownOf, weigh } from "../compare.ts";
import { findPattern } from "../pattern.ts";
import { differenceOfRates } from "../statistics/rates.ts";
import type { AdviceRule } from "./rule.ts";

/** Past this opusplan and some tools behave differently, and recall falls off (docs/advice/long-context.md). */
const LONG_TOKENS = 200_000;
const NOTICEABLE = 0.05;

/** Work with a long context that fails more often than the same role's other work: a fresh session, or a higher tier. */
export const longContext: AdviceRule = {
  kind: "long-context",
  recommend: (context) =>
    context.roles.flatMap((view) => {
      const long = view.tasks.filter(isLong);
      const rest = view.tasks.filter((task) => !isLong(task));
      if (Math.min(knownOf(long).length, knownOf(rest).length) < context.enough) return [];
      const change = differenceOfRates(
        [{ weight: 1, current: weigh(long, context.until), proposed: weigh(rest, context.until) }],
        context.z,
      );
      if (change.low < NOTICEABLE) return [];
      // Each task that would have been accepted is one that need not be done again.
      const usd = long.reduce((sum, task) => sum + task.costNano, 0) / 1e9;
      return findPattern(
        {
          kind: "long-context",
          role: view.role,
          agent: view.agents[0] ?? null,
          tasks: long,
          savedUsd: { low: usd * change.low, mid: usd * change.mid, high: usd * change.high },
          confidence: "watch",
          basis: [
            "tasks that begin with more than 200,000 tokens of context succeed less often than the others",
          ],
          successChange: { low: change.low, high: change.high },
          command: "/clear or /compact before the next piece of work",
        },
        context,
      );
    }),
};

function isLong({ contextTokens }: Task): boolean {
  return contextTokens > LONG_TOKENS;
}
