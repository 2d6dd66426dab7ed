import { CATEGORIES, type Category } from "../../domain/task.ts";
import type { Clues } from "./clues.ts";
import { featuresOf } from "./category-features.ts";
import { CATEGORY_WEIGHTS } from "./category-weights.ts";

/** Number of pieces of evidence that are named. */
const MOST_NAMED = 4;
/** The words of the prompt together, among the evidence. */
const WORDS = "prompt:words";

/** Returns the category of a turn by the weights that were learned from labelled turns, and the evidence that spoke most for it. */
export function learnedCategory(clues: Clues): { winner: Category; from: readonly string[] } {
  const evidence = [...featuresOf(clues)].flatMap(([name, value]) => {
    const weights = CATEGORY_WEIGHTS.get(name);
    return weights ? [{ name, points: weights.map((weight) => weight * value) }] : [];
  });
  const lean = clues.prompt?.lean;
  if (lean) evidence.push({ name: WORDS, points: [...lean] });
  const totals = CATEGORIES.map((_, place) =>
    evidence.reduce((sum, { points }) => sum + (points[place] ?? 0), 0),
  );
  const place = totals.indexOf(Math.max(...totals));
  const from = evidence
    .map(({ name, points }) => ({ name, points: points[place] ?? 0 }))
    .filter(({ name, points }) => points > 0 && name !== "any")
    .sort((a, b) => b.points - a.points)
    .slice(0, MOST_NAMED)
    .map(({ name }) => name);
  return { winner: CATEGORIES[place] as Category, from };
}
