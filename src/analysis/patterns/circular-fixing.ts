import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

/** Work that goes round: edits taken back, the same check failing twice with nothing new in between. */
export const circularFixing: PatternRule = ({ tasks }) => {
  const hit = tasks.filter(({ loops }) => loops >= 2);
  return toFinding(
    "circular-fixing",
    hit.map((task) => ({ place: placeOf(task), costNano: task.outcome === "accepted" ? 0 : task.costNano })),
    {
      evidence: {
        tasks: hit.length,
        loops: hit.reduce((sum, { loops }) => sum + loops, 0),
        endedGreen: hit.filter(({ outcome }) => outcome === "accepted").length,
      },
      instead: "a higher tier after the second failure of the same check",
      sureness: "certain",
    },
  );
};
