import { recommend } from "../../src/advice/recommend.ts";
import { resolvePolicy } from "../../src/policy/resolve.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { TIER_MODELS } from "../../src/models/catalogue.ts";
import { judge, type Verdict } from "./judge.ts";
import { drawTasks, WORLD_END } from "./tasks.ts";
import { drawWorld, SHAPES, type Shape } from "./world.ts";

const DAY_MS = 86_400_000;
const [first = 1, count = 240] = process.argv.slice(2).map(Number);
const table = createModelTable();
const policy = resolvePolicy([], {
  find: (id) => table.find(id),
  tiers: TIER_MODELS,
  aliases: TIER_MODELS,
  ids: table.entries.map(({ id }) => id),
});

const verdicts = Array.from({ length: count }, (_, i) => {
  const shape = SHAPES[i % SHAPES.length] as Shape;
  const world = drawWorld(first + i, shape);
  const tasks = drawTasks(world);
  const period = { since: WORLD_END - world.days * DAY_MS, until: WORLD_END };
  return { shape, verdict: judge(world, tasks, recommend(tasks, policy, period)) };
});

function share(part: number, whole: number): string {
  return whole === 0 ? "     –" : `${((100 * part) / whole).toFixed(1).padStart(5)}%`;
}

function report(name: string, of: readonly Verdict[]): string {
  const sum = (value: (verdict: Verdict) => number) => of.reduce((at, verdict) => at + value(verdict), 0);
  const none = of.filter((verdict) => !verdict.gain);
  const brought = of.filter((v) => v.gain).map((v) => Math.min(1, Math.max(0, v.broughtUsd / v.oracleUsd)));
  return [
    name.padEnd(24),
    String(of.length).padStart(4),
    share(
      sum((v) => v.actsRight),
      sum((v) => v.acts),
    ) + ` of ${sum((v) => v.acts)}`.padEnd(8),
    share(
      sum((v) => v.broughtUsd),
      sum((v) => v.oracleUsd),
    ),
    share(
      brought.reduce((a, b) => a + b, 0),
      brought.length,
    ),
    share(none.filter((v) => v.silent).length, none.length) + ` of ${none.length}`.padEnd(7),
    share(
      sum((v) => v.forecastsWithin),
      sum((v) => v.forecasts),
    ) + ` of ${sum((v) => v.forecasts)}`.padEnd(8),
    `${sum((v) => v.triesKept)}/${sum((v) => v.tries)} kept, ${sum((v) => v.keptHarmful)} harmful`,
  ].join("  ");
}

const all = verdicts.map(({ verdict }) => verdict);
const lines = SHAPES.map((shape) =>
  report(
    shape,
    verdicts.filter((v) => v.shape === shape).map(({ verdict }) => verdict),
  ),
);
process.stdout.write(
  `${"shape".padEnd(24)}  worlds  act right  oracle $  mean  silent  in interval  tries\n${[...lines, report("all", all)].join("\n")}\n`,
);
