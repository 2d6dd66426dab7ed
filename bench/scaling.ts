/** A time for a size. */
export interface Point {
  megabytes: number;
  ms: number;
}

/** The line through points that misses each by the same share at most, as least squares of relative errors find it. */
export function fitLine(points: readonly Point[]): { fixedMs: number; msPerGb: number } {
  let [w, x, y, xx, xy] = [0, 0, 0, 0, 0];
  for (const { megabytes, ms } of points) {
    const weight = 1 / ms ** 2;
    w += weight;
    x += weight * megabytes;
    y += weight * ms;
    xx += weight * megabytes ** 2;
    xy += weight * megabytes * ms;
  }
  const slope = (w * xy - x * y) / (w * xx - x * x);
  return { fixedMs: (y - slope * x) / w, msPerGb: slope * 1000 };
}

/** One row for each tenfold quarter of time. */
const ROWS_PER_DECADE = 5;
const COLUMNS_PER_DECADE = 18;

/** Draws time against size, both on logarithmic axes. Each series is drawn with the first letter of its name. */
export function plot(series: Readonly<Record<string, readonly Point[]>>): string {
  const all = Object.values(series).flat();
  const columns = all.map(({ megabytes }) => place(megabytes, COLUMNS_PER_DECADE));
  const rows = all.map(({ ms }) => place(ms, ROWS_PER_DECADE));
  const [left, right, low, high] = [
    Math.min(...columns),
    Math.max(...columns),
    Math.min(...rows),
    Math.max(...rows),
  ];
  const lines = [];
  for (let row = high; row >= low; row--) {
    const cells = Array.from({ length: right - left + 1 }, () => " ");
    for (const [name, points] of Object.entries(series))
      for (const { megabytes, ms } of points)
        if (place(ms, ROWS_PER_DECADE) === row)
          cells[place(megabytes, COLUMNS_PER_DECADE) - left] = name[0] as string;
    lines.push(
      `${(10 ** (row / ROWS_PER_DECADE) / 1000).toFixed(3).padStart(8)} s │${cells.join("").trimEnd()}`,
    );
  }
  const sizes = [...new Set(all.map(({ megabytes }) => megabytes))].sort((a, b) => a - b);
  const axis = Array.from({ length: right - left + 8 }, () => " ");
  for (const size of sizes)
    Array.from(String(Math.round(size))).forEach(
      (digit, index) => (axis[place(size, COLUMNS_PER_DECADE) - left + index] = digit),
    );
  return [
    ...lines,
    `${" ".repeat(10)} └${"─".repeat(right - left + 1)}`,
    `${" ".repeat(12)}${axis.join("").trimEnd()} MB`,
  ].join("\n");
}

function place(value: number, perDecade: number): number {
  return Math.round(Math.log10(value) * perDecade);
}
