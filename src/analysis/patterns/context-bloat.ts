import { delegationOf, isSmall } from "./small.ts";
import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

/** A turn that starts with this much context pays for it with each request. */
const LARGE_CONTEXT = 150_000;
const SMALL_OUTPUT = 5_000;

/** Small tasks in huge conversations: most of what they cost is reading what came before. */
export const contextBloat: PatternRule = ({ tasks }) => {
  const delegates = delegationOf(tasks);
  const hit = tasks.filter(
    (task) =>
      task.kind === "turn" &&
      task.contextTokens > LARGE_CONTEXT &&
      task.tokens.output < SMALL_OUTPUT &&
      // Clients up to 2.1.56 wrote only the first count of the output: it is small then, whatever was done.
      isSmall(task) &&
      !delegates(task),
  );
  return toFinding(
    hit.map((task) => ({
      place: placeOf(task),
      costNano: Math.round(task.costNano * (1 - LARGE_CONTEXT / 3 / task.contextTokens)),
    })),
    {
      evidence: {
        turns: hit.length,
        averageContextTokens: Math.round(
          hit.reduce((sum, { contextTokens }) => sum + contextTokens, 0) / Math.max(1, hit.length),
        ),
      },
      instead: "Use /clear or /compact between tasks: a third of that context is enough.",
      sureness: "hint",
    },
    3,
  );
};
