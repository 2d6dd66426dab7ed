import { wilson } from "../../domain/rate.ts";
import type { Task } from "../../domain/task.ts";
import { findPattern } from "../pattern.ts";
import { normalQuantile } from "../statistics/normal.ts";
import type { AdviceRule } from "./rule.ts";

const LEAST = 20;

/**
 * Escalating after one failure instead of two, where a second attempt on the same model mostly fails as well: then it is
 * paid for nothing.
 */
export const escalationThreshold: AdviceRule = {
  kind: "escalation-threshold",
  recommend: (context) =>
    context.roles.flatMap((view) => {
      const threshold = context.policy.roles.get(view.role)?.escalation ?? context.policy.escalation;
      if (threshold.afterFailures < 2) return [];
      const second = secondAttempts(view.tasks);
      const failed = second.filter(hasFailed);
      const rate = wilson(failed.length, second.length, normalQuantile(0.95));
      // As good as a coin would do: below that a second attempt is worth its price.
      if (second.length < LEAST || (rate.low ?? 0) < 0.5) return [];
      const usd = failed.reduce((sum, task) => sum + task.costNano, 0) / 1e9;
      return findPattern(
        {
          kind: "escalation-threshold",
          role: view.role,
          agent: view.agents[0] ?? null,
          tasks: failed,
          savedUsd: { low: usd / 2, mid: usd, high: usd },
          confidence: "try",
          basis: [`${failed.length} of ${second.length} second attempts on the same model failed as well`],
          policyPatch: { roles: { [view.role]: { escalation: { afterFailures: 1 } } } },
        },
        context,
      );
    }),
};

/** Tasks that followed a failed one of the same role, session and model. */
function secondAttempts(tasks: readonly Task[]): Task[] {
  const bySession = Map.groupBy(tasks, ({ session }) => session);
  return [...bySession.values()].flatMap((own) =>
    own.filter((task, i) => {
      const before = own[i - 1];
      return before && hasFailed(before) && before.models[0] === task.models[0] && task.outcome !== "unknown";
    }),
  );
}

function hasFailed({ outcome }: Task): boolean {
  return outcome === "reworked" || outcome === "failed" || outcome === "escalated";
}
