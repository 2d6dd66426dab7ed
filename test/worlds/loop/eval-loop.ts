import { alwaysSonnet, type LoopAdviser, simpleTrials, staticTable, thompson } from "./baselines.ts";
import { byCommandLine } from "./by-command-line.ts";
import { rulesAlone } from "./by-rows.ts";
import { isLate, LOOP_START } from "./loop-tasks.ts";
import { drawLoopWorld, LOOP_SHAPES, type LoopWorld, trueCost, trueSuccess } from "./loop-world.ts";
import { type Played, play } from "./play.ts";

// `npm run eval:loop -- [first seed] [worlds per shape] [rows] [shape…]`: what a user gains who follows all advice for five months.
const [first = "1", count = "2", ...words] = process.argv.slice(2);
const named = LOOP_SHAPES.filter((shape) => words.includes(shape));
const shapes = named.length > 0 ? named : LOOP_SHAPES;
const ADVISERS: Readonly<Record<string, (world: LoopWorld) => LoopAdviser>> = {
  rolecall: words.includes("rows") ? rulesAlone : byCommandLine,
  sonnet: alwaysSonnet,
  table: staticTable,
  thompson,
  simple: simpleTrials,
};
const chosen = Object.entries(ADVISERS).filter(([name]) => name === "rolecall" || !words.includes("alone"));

const results: { shape: string; adviser: string; played: Played }[] = [];
const totals = { moves: 0, kept: 0, bad: 0, usd: [0, 0], success: [0, 0], applied: [0, 0], reverted: [0, 0] };
for (const shape of shapes)
  for (let i = 0; i < Number(count); i++)
    for (const [adviser, make] of chosen) {
      const world = drawLoopWorld(Number(first) + i, shape);
      const one = make(world);
      results.push({ shape, adviser, played: await play(world, one) });
      countTally(one);
    }

function countTally(adviser: LoopAdviser): void {
  const tally = adviser.tally?.();
  if (!tally) return;
  totals.moves += tally.moves;
  for (const { role, from, to, at } of tally.kept) {
    totals.kept++;
    const late = isLate(at);
    const worse = trueSuccess(role, from, late) - trueSuccess(role, to, late) > 0.03;
    if (worse || trueCost(role, to, late) >= trueCost(role, from, late)) totals.bad++;
  }
  for (const key of ["applied", "reverted"] as const)
    for (const i of [0, 1] as const) totals[key][i] = (totals[key][i] ?? 0) + (tally.fidelity?.[key][i] ?? 0);
  for (const key of ["usd", "success"] as const)
    for (const i of [0, 1] as const) totals[key][i] = (totals[key][i] ?? 0) + tally.forecasts[key][i];
}

const percent = (share: number) => `${(100 * share).toFixed(share > 0.2 || share < 0 ? 0 : 1)} %`.padStart(7);
const meanOf = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
process.stdout.write(
  `captured of the oracle's savings at the end, and failed tasks beyond the tolerance\n${"shape".padEnd(20)}${chosen
    .map(([name]) => name)
    .map((name) => name.padStart(17))
    .join("")}\n`,
);
for (const shape of [...shapes, undefined]) {
  const cells = chosen
    .map(([name]) => name)
    .map((adviser) => {
      const own = results
        .filter((one) => one.adviser === adviser && (!shape || one.shape === shape))
        .map(({ played }) => played);
      const gains = own.flatMap(({ captured }) => (captured ? [captured[2]] : []));
      return `${gains.length > 0 ? percent(meanOf(gains)) : "      –"} ${percent(meanOf(own.map(({ harm }) => harm)))}  `;
    });
  process.stdout.write(`${(shape ?? "all").padEnd(20)}${cells.join("")}\n`);
}
for (const adviser of chosen.map(([name]) => name)) {
  const own = results.filter((one) => one.adviser === adviser).map(({ played }) => played);
  const at = (index: 0 | 1 | 2) =>
    percent(meanOf(own.flatMap(({ captured }) => (captured ? [captured[index]] : []))));
  const usd =
    own.reduce((sum, one) => sum + one.savedUsd, 0) / own.reduce((sum, one) => sum + one.oracleUsd, 0);
  const quiet = own.filter(({ captured }) => !captured);
  process.stdout.write(
    `${adviser.padEnd(10)} after 1, 2, 5 months: ${at(0)} ${at(1)} ${at(2)}; of all dollars ${percent(usd)}; harm ${percent(meanOf(own.map(({ harm }) => harm)))}; in ${quiet.length} quiet worlds ${percent(meanOf(quiet.map(({ harm }) => harm)))}; worlds below zero ${own.filter(({ savedUsd }) => savedUsd < -0.01).length} of ${own.length}\n`,
  );
}
process.stdout.write(
  `rolecall: ${totals.moves} moves, ${totals.kept} trials kept, ${totals.bad} of them bad; truth inside the interval: dollars ${totals.usd.join(" of ")}, success ${totals.success.join(" of ")}; applied exactly ${totals.applied.join(" of ")}, reverted exactly ${totals.reverted.join(" of ")} (from ${new Date(LOOP_START).toISOString().slice(0, 10)})\n`,
);
