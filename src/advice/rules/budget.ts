import type { Task } from "../../domain/task.ts";
import { findPattern } from "../pattern.ts";
import type { Rule } from "./rule.ts";

const LEAST = 10;
/** A task that cost so many times its role's usual one has run away. */
const RUNAWAY = 20;
/** The budget that would have stopped it, in usual tasks. */
const ALLOWED = 8;

/** A budget per task, for roles in which single tasks ran away. */
export const budget: Rule = {
  kind: "budget",
  recommend: (context) =>
    context.roles.flatMap((view) => {
      const costs = view.tasks.map((task) => task.costNano).toSorted((a, b) => a - b);
      const usual = costs[Math.floor(costs.length / 2)] ?? 0;
      const runaways = view.tasks.filter((task) => usual > 0 && task.costNano > RUNAWAY * usual);
      if (view.role === "main" || view.tasks.length < LEAST || runaways.length === 0) return [];
      const over = runaways.reduce((sum, task: Task) => sum + task.costNano - ALLOWED * usual, 0) / 1e9;
      const usdPerTask = Number(((ALLOWED * usual) / 1e9).toPrecision(2));
      return findPattern(
        {
          kind: "budget",
          role: view.role,
          agent: view.agents[0] ?? null,
          tasks: runaways,
          savedUsd: { low: 0, mid: over, high: over },
          confidence: "watch",
          basis: [`${runaways.length} tasks cost more than ${RUNAWAY} times the usual one`],
          policyPatch: { roles: { [view.role]: { budget: { usdPerTask } } } },
        },
        context,
      );
    }),
};
