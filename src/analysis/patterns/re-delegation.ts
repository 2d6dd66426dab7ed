import type { JudgedTask } from "../../domain/judged-task.ts";
import { DONE_AGAIN, GIVEN_OUT_AGAIN } from "../outcomes/reworked.ts";
import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

/** Agent runs whose work was given out again: the first run was paid for nothing. */
export const reDelegation: PatternRule = ({ tasks }) => {
  const hit = tasks.filter(
    (task) => task.kind === "agent-run" && (task.outcome === "escalated" || wasDoneAgain(task)),
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

/** Work that the user only corrects was not given out again. */
function wasDoneAgain({ outcome, evidence }: JudgedTask): boolean {
  return outcome === "reworked" && evidence.some(({ why }) => why === GIVEN_OUT_AGAIN || why === DONE_AGAIN);
}
