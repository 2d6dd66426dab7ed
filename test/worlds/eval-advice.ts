import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Task } from "../../src/domain/task.ts";
import { createModelTable } from "../../src/models/resolve.ts";
import { readAnalyses } from "../../src/operations/analyze.ts";
import { ingest } from "../../src/operations/ingest.ts";
import { roleName } from "../../src/operations/open-history.ts";
import { openStore } from "../../src/store/open.ts";
import type { WorldTask } from "./tasks.ts";
import { writeTranscripts } from "./transcripts.ts";
import { modelFacts } from "../../src/operations/model-facts.ts";
import { resolvePolicy } from "../../src/policy/resolve.ts";
import { judge, type Verdict } from "./judge.ts";
import { drawWorld } from "./draw-world.ts";
import { SHAPES, type Shape, type World } from "./world.ts";

// `npm run eval:advice -- [first seed] [worlds] [full]`: how advice does where the truth is known. With `full`, each world
// is written as transcripts, and the whole tool reads them; otherwise it gets the tasks as rows, which is much faster.
const [first = "1", count = "240", speed] = process.argv.slice(2);
const policy = resolvePolicy([], modelFacts());

const judged: { shape: Shape; verdict: Verdict }[] = [];
for (let i = 0; i < Number(count); i++) {
  const shape = SHAPES[i % SHAPES.length] as Shape;
  const world = drawWorld(Number(first) + i, shape);
  judged.push({ shape, verdict: await judge(world, policy, speed === "full" ? readThroughTool : undefined) });
}

async function readThroughTool(world: World, tasks: readonly WorldTask[]): Promise<readonly Task[]> {
  const root = mkdtempSync(join(tmpdir(), "rolecall-world-"));
  const models = createModelTable();
  const store = openStore(":memory:");
  try {
    writeTranscripts(root, tasks, world.seed);
    await ingest(store, [root], models);
    return readAnalyses(store, models, { timezone: "UTC" })
      .flatMap((analysis) => analysis.tasks)
      .map((task) => ({ ...task, role: roleName(policy, task.agent) }));
  } finally {
    store.close();
    rmSync(root, { recursive: true });
  }
}

const HEADER = [
  "shape",
  "worlds",
  "act right",
  "oracle $",
  "mean",
  "(1 month)",
  "silent",
  "in interval",
  "trials",
];
const lines = [...SHAPES, undefined].map((shape) =>
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
