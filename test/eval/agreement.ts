import { join } from "node:path";
import { readLabels } from "./labelled-turns.ts";
import type { TurnLabel } from "./score-turns.ts";

/** How often two readings of the same turns agree. */
export interface Agreement {
  turns: number;
  /** Both made the same first choice. */
  strict: number;
  /** The second choice is one that the first reader also allows. */
  withAlternatives: number;
  /** Cohen's kappa of the first choices: 0 for readings that agree by chance, 1 for equal ones. */
  kappa: number;
}

type Labelled = "outcome" | "category" | "complexity";

/** Compares a second reading with the first. Throws if the first has no label of a turn. */
export function compareReadings(
  first: readonly TurnLabel[],
  second: readonly TurnLabel[],
): Record<Labelled, Agreement> {
  const known = new Map(first.map((label) => [nameOf(label), label]));
  const pairs = second.map((label) => {
    const other = known.get(nameOf(label));
    if (!other) throw new Error(`the first reading has no label of ${label.session} turn ${label.turn}`);
    return [other, label] as const;
  });
  const agreement = (field: Labelled): Agreement => {
    const both = pairs.filter(([one, other]) => one[field] && other[field]);
    const share = (agrees: (one: readonly string[], other: string) => boolean): number =>
      both.filter(([one, other]) => agrees(one[field] ?? [], other[field]?.[0] ?? "")).length / both.length;
    return {
      turns: both.length,
      strict: share(([choice], other) => choice === other),
      withAlternatives: share((choices, other) => choices.includes(other)),
      kappa: kappaOf(both.map(([one, other]) => [one[field]?.[0] ?? "", other[field]?.[0] ?? ""])),
    };
  };
  return {
    outcome: agreement("outcome"),
    category: agreement("category"),
    complexity: agreement("complexity"),
  };
}

/** Labels name a session by a longer or shorter start of its hash. */
function nameOf({ session, turn }: TurnLabel): string {
  return `${session.slice(0, 8)} ${turn}`;
}

function kappaOf(pairs: readonly (readonly [string, string])[]): number {
  const shareOf = (place: 0 | 1, word: string): number =>
    pairs.filter((pair) => pair[place] === word).length / pairs.length;
  const words = new Set(pairs.flat());
  const agreed = pairs.filter(([one, other]) => one === other).length / pairs.length;
  const byChance = [...words].reduce((sum, word) => sum + shareOf(0, word) * shareOf(1, word), 0);
  return (agreed - byChance) / (1 - byChance);
}

/** The files that hold the first reading of each turn. */
export const FIRST_READINGS = [
  "labels.json",
  "held-out-labels.json",
  "census-labels.json",
  "dev-census-labels.json",
];

function labels(file: string): TurnLabel[] {
  return readLabels(join(import.meta.dirname, file));
}

if (import.meta.main) {
  const first = FIRST_READINGS.flatMap(labels);
  const again = ["second-labels.json", "settled-labels.json"].flatMap(labels);
  for (const [set, second] of Map.groupBy(again, ({ half }) => half ?? "other reader"))
    for (const [field, { turns, strict, withAlternatives, kappa }] of Object.entries(
      compareReadings(first, second),
    ))
      if (turns > 0)
        console.log(
          `${set.padEnd(14)}${field.padEnd(11)} ${(strict * 100).toFixed(0)} % the same, ${(withAlternatives * 100).toFixed(0)} % with alternatives, kappa ${kappa.toFixed(2)}, of ${turns}`,
        );
}
