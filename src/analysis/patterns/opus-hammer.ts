import type { JudgedTask } from "../../domain/judged-task.ts";
import { tierRank } from "../../domain/model.ts";
import { beyondTier } from "./cheaper.ts";
import type { Category, Outcome } from "../../domain/task.ts";
import { delegationOf, isSmall } from "./small.ts";
import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

/** A longer order for code describes what is wanted and leaves the way to the model. */
const MOST_WORDS = 30;
const DICTATED: ReadonlySet<Category> = new Set(["git", "docs", "review"]);
/** A lower tier would not get right what a higher one did not. */
const SETBACKS: ReadonlySet<Outcome> = new Set(["failed", "reworked", "escalated", "interrupted"]);

/** Small mechanical work on Opus or above. */
export const opusHammer: PatternRule = ({ tasks, models }) => {
  const delegates = delegationOf(tasks);
  const mechanical = tasks.filter(({ categories }) => categories.complexity === "mechanical");
  const escalated = new Set(tasks.flatMap((task) => (task.outcome === "escalated" ? placeAfter(task) : [])));
  const hit = mechanical.filter(
    (task) =>
      isOnOpus(task) &&
      isSmall(task) &&
      isPlain(task) &&
      !delegates(task) &&
      !escalated.has(`${task.session} ${task.index}`),
  );
  return toFinding(
    hit.map((task) => ({ place: placeOf(task), costNano: beyondTier(task, "sonnet", models) })),
    {
      evidence: {
        tasks: hit.length,
        mechanicalTasks: mechanical.length,
        ofMechanicalShare: hit.length / Math.max(1, mechanical.length),
      },
      instead: "Use Sonnet or Haiku for such work: the amount is the difference to Sonnet.",
      sureness: "estimate",
    },
    3,
  );
};

function isOnOpus({ startTier }: JudgedTask): boolean {
  return startTier !== undefined && tierRank(startTier) >= tierRank("opus");
}

/** Names the turn that took up what a lower tier could not do. */
function placeAfter({ session, index }: JudgedTask): string[] {
  return index === undefined ? [] : [`${session} ${index + 1}`];
}

function isPlain({ categories, promptWords, outcome }: JudgedTask): boolean {
  if (SETBACKS.has(outcome)) return false;
  return DICTATED.has(categories.category) || promptWords <= MOST_WORDS;
}
