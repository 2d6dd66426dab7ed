import type { Outcome } from "../../domain/task.ts";
import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

/** Outcomes that make the cost a loss: after good or unknown ones nothing counts as lost. */
const SPENT_IN_VAIN: ReadonlySet<Outcome> = new Set(["failed", "reworked", "escalated", "interrupted"]);

/** Work that goes in loops: what was tried and reverted, the same tests failing again and again. */
export const circularFixing: PatternRule = ({ tasks }) => {
  const hit = tasks.filter(({ loops }) => loops >= 2);
  return toFinding(
    hit.map((task) => ({
      place: placeOf(task),
      costNano: SPENT_IN_VAIN.has(task.outcome) ? task.costNano : 0,
    })),
    {
      evidence: {
        tasks: hit.length,
        loops: hit.reduce((sum, { loops }) => sum + loops, 0),
        endedGreen: hit.filter(({ outcome }) => outcome === "accepted").length,
      },
      instead: "Use a higher tier after the second failure of the same check.",
      sureness: "certain",
    },
  );
};
