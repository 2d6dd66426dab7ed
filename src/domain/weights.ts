/** Points of each piece of evidence for each category, in the order of `CATEGORIES`, in hundredths. */
export type Weights = ReadonlyMap<string, readonly number[]>;

/** Reads weights as `name 12 -3 …; name …`. */
export function readWeights(text: string): Weights {
  return new Map(
    text
      .trim()
      .split(/[;\n]\s*/)
      .map((row) => {
        const [name = "", ...points] = row.split(" ");
        return [name, points.map(Number)] as const;
      }),
  );
}
