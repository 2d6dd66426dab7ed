import { CATEGORIES, type Category } from "../../domain/task.ts";
import { featuresOf } from "./category-features.ts";
import { CATEGORY_WEIGHTS } from "./category-weights.ts";
import type { Clues } from "./clues.ts";

/** Number of pieces of evidence that are named. */
const MOST_NAMED = 4;
/** Words that leave no doubt, but are too rare among the labels to learn that: points for refactoring. */
const PLAIN: ReadonlySet<string> = new Set(["refactoring:rename", "refactoring:move"]);
const PLAIN_POINTS = 80;
/** The words of the prompt together, among the evidence. */
const WORDS = "prompt:words";

/** Returns the category of a turn by the weights that were learned from labelled turns, and the evidence that spoke most for it. */
export function learnedCategory(clues: Clues): { winner: Category; from: readonly string[] } {
  const features = featuresOf(clues);
  const lean = clues.prompt?.lean;
  const totals = CATEGORIES.map((_, place) => lean?.[place] ?? 0);
  const weighed: { name: string; weights: readonly number[]; value: number }[] = [];
  for (const [name, value] of features) {
    const weights = CATEGORY_WEIGHTS.get(name);
    if (!weights) continue;
    weighed.push({ name, weights, value });
    for (let place = 0; place < totals.length; place++)
      totals[place] = (totals[place] as number) + (weights[place] as number) * value;
  }
  const plain = CATEGORIES.indexOf("refactoring");
  if (clues.prompt?.topics.some((topic) => PLAIN.has(topic)) && clues.files.size > 0)
    totals[plain] = (totals[plain] as number) + PLAIN_POINTS;
  const place = totals.indexOf(Math.max(...totals));
  const evidence: [name: string, points: number][] = [];
  const note = (name: string, points: number) => points > 0 && evidence.push([name, points]);
  note(WORDS, lean?.[place] ?? 0);
  for (const { name, weights, value } of weighed)
    if (name !== "any") note(name, (weights[place] as number) * value);
  const from = evidence
    .sort((a, b) => b[1] - a[1])
    .slice(0, MOST_NAMED)
    .map(([name]) => name);
  return { winner: CATEGORIES[place] as Category, from };
}
