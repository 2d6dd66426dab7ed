import type { Task } from "../../domain/task.ts";
import { findPattern } from "../pattern.ts";
import type { AdviceRule } from "./rule.ts";

const LEAST = 20;
/** Nobody reads along in so many sessions at once. */
const AT_ONCE = 3;

/** The batch API at half the price, for sessions of a single prompt that ran several at a time: nobody waited for them. */
export const batch: AdviceRule = {
  kind: "batch",
  recommend(context) {
    const bySession = Map.groupBy(context.tasks, ({ session }) => session);
    const single = [...bySession.values()]
      .filter((tasks) => tasks.filter(({ kind }) => kind === "turn").length === 1)
      .flatMap((tasks) => tasks.filter(({ kind }) => kind === "turn"))
      .toSorted((a, b) => a.startedAt - b.startedAt);
    const unattended = single.filter((task) => runningBeside(task, single) >= AT_ONCE);
    if (unattended.length < LEAST) return [];
    const usd = unattended.reduce((sum, task) => sum + task.fullCostNano, 0) / 2e9;
    return findPattern(
      {
        kind: "batch",
        role: "main",
        agent: "main",
        tasks: unattended,
        savedUsd: { low: usd / 2, mid: usd, high: usd },
        confidence: "watch",
        basis: [
          `${unattended.length} sessions of one prompt ran at least ${AT_ONCE} at a time; a batch costs half`,
        ],
        command: "rolecall run --help",
      },
      context,
    );
  },
};

/** Tasks that ran when this one began, itself included. */
function runningBeside({ startedAt }: Task, ordered: readonly Task[]): number {
  return ordered.filter(
    (other) => other.startedAt <= startedAt && startedAt < other.startedAt + other.durationMs,
  ).length;
}
