import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

/** Work that goes round: edits taken back, the same check failing twice with nothing new in between. */
export const circularFixing: PatternRule = ({ tasks }) => {
  const hit = tasks.filter(({ circles }) => circles >= 2);
  return toFinding(
    hit.map((task) => ({ place: placeOf(task), costNano: task.outcome === "accepted" ? 0 : task.costNano })),
    {
      evidence: {
        tasks: hit.length,
        circles: hit.reduce((sum, { circles }) => sum + circles, 0),
        endedGreen: hit.filter(({ outcome }) => outcome === "accepted").length,
      },
      instead: "a higher tier after the second failure of the same check",
      sureness: "certain",
    },
  );
};
