import type { Event } from "../../domain/event.ts";

/** Points of labels, with what each was given for. */
export interface Tally<Label extends string> {
  add(label: Label, points: number, from: string): void;
  /** Multiplies what a label has so far. */
  scale(label: Label, by: number): void;
  drop(...labels: readonly Label[]): void;
  get(label: Label): number;
  from(label: Label): readonly string[];
}

export function tally<Label extends string>(): Tally<Label> {
  const points = new Map<Label, { points: number; from: string[] }>();
  return {
    add(label, amount, from) {
      const got = points.get(label) ?? { points: 0, from: [] };
      points.set(label, { points: got.points + amount, from: [...got.from, from] });
    },
    scale(label, by) {
      const got = points.get(label);
      if (got) got.points *= by;
    },
    drop(...labels) {
      for (const label of labels) points.delete(label);
    },
    get: (label) => points.get(label)?.points ?? 0,
    from: (label) => points.get(label)?.from ?? [],
  };
}

/** Returns the label with the most points; the first of `order` on a tie. */
export function decide<Label extends string>(
  points: Tally<Label>,
  order: readonly Label[],
  fallback: Label,
): { winner: Label; from: readonly string[] } {
  let winner = fallback;
  let most = 0;
  for (const label of order) if (points.get(label) > most) [winner, most] = [label, points.get(label)];
  return { winner, from: points.from(winner) };
}

/** Earlier words say more about what is asked. */
export function weightAt(position: number): number {
  return Math.max(0.4, 1 - position * 0.15);
}

/** Returns how often tools with such a name were used. */
export function countTools(events: readonly Event[], name: RegExp): number {
  let count = 0;
  for (const event of events)
    if (event.kind === "tools")
      for (const [tool, times] of Object.entries(event.counts)) if (name.test(tool)) count += times;
  return count;
}
