import { tierRank } from "../../domain/model.ts";
import { beyondTier } from "./cheaper.ts";
import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

const MOST_SHARE = 0.8;
const LEAST_TASKS = 20;

/** Nearly everything runs on Opus or above, although little of it asks for that; usage limits hit make it worse. */
export const everyoneNeedsOpus: PatternRule = ({ tasks, analyses, models }) => {
  const known = tasks.filter(({ startTier }) => startTier !== undefined);
  const high = known.filter(
    ({ startTier }) => startTier !== undefined && tierRank(startTier) >= tierRank("opus"),
  );
  const reasoning = known.filter(({ categories }) => categories.complexity === "reasoning").length;
  if (known.length < LEAST_TASKS || high.length / known.length < MOST_SHARE || reasoning / known.length > 0.5)
    return undefined;
  const limits = analyses
    .flatMap(({ failures }) => failures)
    .filter(({ status, error }) => status === 429 || /limit/.test(error));
  const hit = high.filter(({ categories }) => categories.complexity !== "reasoning");
  return toFinding(
    hit.map((task) => ({ place: placeOf(task), costNano: beyondTier(task, "sonnet", models) })),
    {
      evidence: {
        opusShare: high.length / known.length,
        reasoningShare: reasoning / known.length,
        usageLimitsHit: limits.length,
      },
      instead: "Use Sonnet by default, and Opus for planning and for tasks that Sonnet failed.",
      sureness: "estimate",
    },
  );
};
