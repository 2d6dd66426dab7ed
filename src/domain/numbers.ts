/** Returns the sum of numbers; 0 for none. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Returns the middle of numbers, the upper one of two; undefined for none. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

/** Returns the item of which a number is the largest, the first of several; undefined for none. */
export function mostBy<Item>(items: readonly Item[], numberOf: (item: Item) => number): Item | undefined {
  let most: Item | undefined;
  for (const item of items) if (most === undefined || numberOf(item) > numberOf(most)) most = item;
  return most;
}
