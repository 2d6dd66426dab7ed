import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

/** Agent runs whose work was given out again: the first run was paid for nothing. */
export const reDelegation: PatternRule = ({ tasks }) => {
  const hit = tasks.filter(
    ({ kind, outcome }) => kind === "agent-run" && (outcome === "escalated" || outcome === "reworked"),
  );
  return toFinding(
    hit.map((task) => ({ place: placeOf(task), costNano: task.fullCostNano })),
    {
      evidence: {
        runs: hit.length,
        onHigherTier: hit.filter(({ outcome }) => outcome === "escalated").length,
        agents: [...new Set(hit.map(({ agent }) => agent))].sort().join(", "),
      },
      instead: "Set the right tier for these agents, or describe a good report in their prompt.",
      sureness: "certain",
    },
    2,
  );
};
