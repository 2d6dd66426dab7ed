import { tierRank } from "../../domain/model.ts";
import { beyondTier } from "./cheaper.ts";
import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

const MOST_FILES = 3;
const MOST_LINES = 60;

/** Small mechanical work on Opus or above. */
export const opusHammer: PatternRule = ({ tasks, models }) => {
  const hit = tasks.filter(
    ({ startTier, categories, filesTouched, linesWritten }) =>
      startTier !== undefined &&
      tierRank(startTier) >= tierRank("opus") &&
      categories.complexity === "mechanical" &&
      filesTouched <= MOST_FILES &&
      linesWritten <= MOST_LINES,
  );
  const mechanical = tasks.filter(({ categories }) => categories.complexity === "mechanical").length;
  return toFinding(
    hit.map((task) => ({ place: placeOf(task), costNano: beyondTier(task, "sonnet", models) })),
    {
      evidence: {
        tasks: hit.length,
        mechanicalTasks: mechanical,
        ofMechanicalShare: hit.length / Math.max(1, mechanical),
      },
      instead: "the same tokens on Sonnet of that day",
      sureness: "estimate",
    },
    3,
  );
};
