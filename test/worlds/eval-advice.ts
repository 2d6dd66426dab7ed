import { modelFacts } from "../../src/policy/catalogue-facts.ts";
import { resolvePolicy } from "../../src/policy/resolve.ts";
import { adviseByTool, adviseOnRows } from "./adviser.ts";
import { drawWorld } from "./draw-world.ts";
import { judge, type Verdict } from "./judge.ts";
import { isShape, SHAPES, type Shape } from "./world.ts";

// `npm run eval:advice -- [first seed] [worlds] [rows] [shape…]`: how advice does where the truth is known. Each world is
// written as transcripts, and the whole tool reads them; with `rows` the rules get the tasks at once, which is much faster. One line per world goes to stderr.
const [first = "1", count = "240", ...words] = process.argv.slice(2);
const policy = resolvePolicy([], modelFacts());
const shapes = words.some(isShape) ? words.filter(isShape) : SHAPES;

const judged: { shape: Shape; verdict: Verdict }[] = [];
for (let i = 0; i < Number(count); i++) {
  const shape = shapes[i % shapes.length] as Shape;
  const world = drawWorld(Number(first) + i, shape);
  const adviser = words.includes("rows") ? adviseOnRows(policy, world.days) : adviseByTool(world);
  const verdict = await judge(world, adviser);
  judged.push({ shape, verdict });
  process.stderr.write(`${JSON.stringify({ shape, seed: world.seed, ...verdict })}\n`);
}

const HEADER = [
  "shape",
  "worlds",
  "act right",
  "oracle $",
  "(safely)",
  "mean",
  "(1 month)",
  "silent",
  "in interval",
  "trials",
];
const lines = [...shapes, undefined].map((shape) =>
  row(
    shape ?? "all",
    judged.filter((one) => !shape || one.shape === shape).map(({ verdict }) => verdict),
  ),
);
const widths = HEADER.map((_, i) => Math.max(...[HEADER, ...lines].map((line) => (line[i] ?? "").length)));
for (const line of [HEADER, ...lines])
  process.stdout.write(`${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}\n`);

function row(name: string, of: readonly Verdict[]): string[] {
  const sum = (value: (verdict: Verdict) => number) => of.reduce((at, verdict) => at + value(verdict), 0);
  const gaining = of.filter((one) => one.gain);
  const none = of.filter((one) => !one.gain);
  const of100 = (value: (verdict: Verdict) => number) =>
    gaining.reduce((at, one) => at + Math.max(0, value(one) / one.oracleUsd), 0);
  return [
    name,
    String(of.length),
    share(
      sum((one) => one.actsRight),
      sum((one) => one.acts),
    ),
    share(
      sum((one) => one.broughtUsd),
      sum((one) => one.oracleUsd),
    ),
    share(
      sum((one) => one.safeUsd),
      sum((one) => one.oracleUsd),
    ),
    share(
      of100((one) => one.broughtUsd),
      gaining.length,
    ),
    share(
      sum((one) => one.firstUsd),
      sum((one) => one.oracleUsd),
    ),
    share(none.filter((one) => one.silent).length, none.length),
    share(
      sum((one) => one.forecastsWithin),
      sum((one) => one.forecasts),
    ),
    `${sum((one) => one.kept)} of ${sum((one) => one.tries)} kept, ${sum((one) => one.keptWrong)} wrongly`,
  ];
}

function share(part: number, whole: number): string {
  return whole === 0
    ? "-"
    : `${((100 * part) / whole).toFixed(1)} % of ${whole < 10_000 ? Math.round(whole) : `${(whole / 1e3).toFixed(0)}k`}`;
}
