import type { Task } from "../../domain/task.ts";
import { findPattern } from "../pattern.ts";
import type { RoleView } from "../role-view.ts";
import type { AdviceRule } from "./rule.ts";

const LEAST = 10;
/** A task that cost so many times its role's usual one has run away. */
const RUNAWAY = 20;
/** The budget that would have stopped it, in usual tasks. */
const ALLOWED = 8;

/** A budget per task, for roles in which single tasks ran away. */
export const budget: AdviceRule = {
  kind: "budget",
  recommend: (context) =>
    context.roles.flatMap((view) => {
      const usual = usualCosts(view);
      const runaways = view.tasks.filter((task) => task.costNano > RUNAWAY * (usual.get(task) ?? Infinity));
      if (view.role === "main" || view.tasks.length < LEAST || runaways.length === 0) return [];
      const allowed = (task: Task) => ALLOWED * (usual.get(task) ?? 0);
      const over = runaways.reduce((sum, task) => sum + task.costNano - allowed(task), 0) / 1e9;
      const usdPerTask = Number((Math.max(...runaways.map(allowed)) / 1e9).toPrecision(2));
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

/** What the task in the middle costs on the same model and effort: work on a dearer one has not run away. */
function usualCosts({ groups }: RoleView): Map<Task, number> {
  return new Map(
    groups
      .filter(({ tasks }) => tasks.length >= LEAST)
      .flatMap(({ tasks }) => {
        const costs = tasks.map((task) => task.costNano).toSorted((a, b) => a - b);
        return tasks.map((task) => [task, costs[Math.floor(costs.length / 2)] ?? 0] as const);
      }),
  );
}
