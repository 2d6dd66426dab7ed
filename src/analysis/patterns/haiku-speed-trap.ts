import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

/** Code this long in one piece, and work this long, is where Haiku tends to lose the thread. */
const LONG_EDIT = 150;
const LONG_MS = 7 * 60_000;
const NOT_GOOD = new Set(["reworked", "escalated", "failed"]);

/** Long code or long work on Haiku that had to be done again. */
export const haikuSpeedTrap: PatternRule = ({ tasks }) => {
  const long = tasks.filter(
    ({ startTier, longestEdit, durationMs }) =>
      startTier === "haiku" && (longestEdit > LONG_EDIT || durationMs > LONG_MS),
  );
  const hit = long.filter(({ outcome }) => NOT_GOOD.has(outcome));
  return toFinding(
    hit.map((task) => ({ place: placeOf(task), costNano: task.fullCostNano })),
    {
      evidence: {
        tasks: hit.length,
        longTasksOnHaiku: long.length,
        reworkShare: hit.length / Math.max(1, long.length),
      },
      instead: "Use Sonnet for edits above 150 lines, or let tests and lint check the work of Haiku.",
      sureness: "hint",
    },
    2,
  );
};
