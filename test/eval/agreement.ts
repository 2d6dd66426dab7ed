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
}

type Labelled = "outcome" | "category" | "complexity";

/** Compares a second reading with the first. Throws if the first has no label of a turn. */
export function compareReadings(
  first: readonly TurnLabel[],
  second: readonly TurnLabel[],
): Record<Labelled, Agreement> {
  const known = new Map(first.map((label) => [`${label.session} ${label.turn}`, label]));
  const pairs = second.map((label) => {
    const other = known.get(`${label.session} ${label.turn}`);
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
    };
  };
  return {
    outcome: agreement("outcome"),
    category: agreement("category"),
    complexity: agreement("complexity"),
  };
}

function labels(file: string): TurnLabel[] {
  return readLabels(join(import.meta.dirname, file));
}

if (import.meta.main) {
  const first = ["labels.json", "held-out-labels.json", "census-labels.json"].flatMap(labels);
  const sets = Map.groupBy(labels("second-labels.json"), ({ half }) => half ?? "other reader");
  for (const [set, second] of sets)
    for (const [field, { turns, strict, withAlternatives }] of Object.entries(compareReadings(first, second)))
      if (turns > 0)
        console.log(
          `${set.padEnd(14)}${field.padEnd(11)} ${(strict * 100).toFixed(0)} % the same, ${(withAlternatives * 100).toFixed(0)} % with alternatives, of ${turns}`,
        );
}
