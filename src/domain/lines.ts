/** A line of two compared texts: in both, only in the old one, only in the new one. */
export type ComparedLine = readonly [mark: " " | "-" | "+", line: string];

/** Beyond this many pairs of lines to compare, the middle is shown as replaced. */
const MOST_PAIRS = 4_000_000;

/** The lines of two texts side by side, with as many as possible in common. */
export function compareLines(before: readonly string[], after: readonly string[]): ComparedLine[] {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return [
    ...before.slice(0, head).map((line): ComparedLine => [" ", line]),
    ...compareMiddle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map((line): ComparedLine => [" ", line]),
  ];
}

/** The longest common subsequence by dynamic programming. */
function compareMiddle(before: readonly string[], after: readonly string[]): ComparedLine[] {
  const removed = before.map((line): ComparedLine => ["-", line]);
  const added = after.map((line): ComparedLine => ["+", line]);
  if (before.length * after.length > MOST_PAIRS || before.length === 0 || after.length === 0)
    return [...removed, ...added];
  const lengths = commonLengths(before, after);
  const width = after.length + 1;
  const lines: ComparedLine[] = [];
  let [i, j] = [0, 0];
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      lines.push([" ", before[i] ?? ""]);
      i++;
      j++;
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
      lines.push(["-", before[i++] ?? ""]);
    else lines.push(["+", after[j++] ?? ""]);
  }
  return [...lines, ...removed.slice(i), ...added.slice(j)];
}

/** Returns how many lines the rests from (i, j) on have in common, row by row. */
function commonLengths(before: readonly string[], after: readonly string[]): Uint32Array {
  const width = after.length + 1;
  const lengths = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        before[i] === after[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
  return lengths;
}
