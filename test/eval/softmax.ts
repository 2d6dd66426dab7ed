/** One labelled case: its evidence, and how likely each class is. */
export interface Example {
  features: ReadonlyMap<string, number>;
  target: readonly number[];
  /** Cases of one group are never on both sides of a cross-validation. */
  group: string;
}

/** A trained classifier: the weights of each piece of evidence, by class. */
export type Model = ReadonlyMap<string, Float64Array>;

/** Fewest cases that evidence must occur in to get weights, and how strongly weights are drawn to zero. */
export interface Training {
  least: number;
  decay: number;
  rounds: number;
}

/** Fits a multinomial logistic regression by accelerated gradient descent; deterministic. */
export function trainSoftmax(examples: readonly Example[], { least, decay, rounds }: Training): Model {
  const classes = examples[0]?.target.length ?? 0;
  const places = indexFeatures(examples, least);
  const rows = examples.map(({ features }) => toRow(features, places));
  const step = 1 / (0.25 * largestEigenvalue(rows, places.size) + decay);
  const size = places.size * classes;
  const weights = new Float64Array(size);
  const speed = new Float64Array(size);
  for (let round = 0; round < rounds; round++) {
    const ahead = weights.map((weight, at) => weight + MOMENTUM * (speed[at] as number));
    const slope = ahead.map((weight) => decay * weight);
    rows.forEach((row, index) => addSlope(row, examples[index] as Example, ahead, slope, classes));
    for (let at = 0; at < size; at++) {
      speed[at] = MOMENTUM * (speed[at] as number) - step * (slope[at] as number);
      weights[at] = (weights[at] as number) + (speed[at] as number);
    }
  }
  return new Map(
    [...places].map(([name, place]) => [name, weights.slice(place * classes, (place + 1) * classes)]),
  );
}

/** Returns the score of each class. */
export function scoreSoftmax(model: Model, features: ReadonlyMap<string, number>, classes: number): number[] {
  const scores = Array.from({ length: classes }, () => 0);
  for (const [name, value] of features)
    model.get(name)?.forEach((weight, at) => (scores[at] = (scores[at] as number) + weight * value));
  return scores;
}

/** Predicts each case by a model that saw no case of its group. */
export function crossValidate(examples: readonly Example[], training: Training, folds: number): number[] {
  const groups = [...new Set(examples.map(({ group }) => group))].sort();
  const foldOf = new Map(groups.map((group, index) => [group, index % folds]));
  const predicted = examples.map(() => -1);
  for (let fold = 0; fold < folds; fold++) {
    const model = trainSoftmax(
      examples.filter(({ group }) => foldOf.get(group) !== fold),
      training,
    );
    examples.forEach(({ features, group, target }, index) => {
      if (foldOf.get(group) === fold)
        predicted[index] = largest(scoreSoftmax(model, features, target.length));
    });
  }
  return predicted;
}

export function largest(scores: readonly number[]): number {
  return scores.indexOf(Math.max(...scores));
}

const MOMENTUM = 0.9;

type Row = readonly (readonly [place: number, value: number])[];

function indexFeatures(examples: readonly Example[], least: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { features } of examples)
    for (const name of features.keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const kept = [...counts].filter(([, count]) => count >= least).map(([name]) => name);
  return new Map(kept.sort().map((name, place) => [name, place]));
}

function toRow(features: ReadonlyMap<string, number>, places: ReadonlyMap<string, number>): Row {
  return [...features].flatMap(([name, value]) => {
    const place = places.get(name);
    return place === undefined ? [] : [[place, value] as const];
  });
}

function addSlope(
  row: Row,
  { target }: Example,
  weights: Float64Array,
  slope: Float64Array,
  classes: number,
): void {
  const scores = target.map((_, at) =>
    row.reduce((sum, [place, value]) => sum + value * (weights[place * classes + at] as number), 0),
  );
  const most = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  target.forEach((wanted, at) => {
    const off = (powers[at] as number) / total - wanted;
    for (const [place, value] of row) {
      const spot = place * classes + at;
      slope[spot] = (slope[spot] as number) + off * value;
    }
  });
}

/** Returns the largest eigenvalue of the features' products, by power iteration: it bounds the step. */
function largestEigenvalue(rows: readonly Row[], size: number): number {
  let vector = new Float64Array(size).fill(1);
  let length = 1;
  for (let round = 0; round < 30; round++) {
    const next = new Float64Array(size);
    for (const row of rows) {
      const product = row.reduce((sum, [place, value]) => sum + value * (vector[place] as number), 0);
      for (const [place, value] of row) next[place] = (next[place] as number) + product * value;
    }
    length = Math.hypot(...next);
    vector = next.map((value) => value / length);
  }
  return length;
}
