import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { JudgedTask } from "../../src/domain/judged-task.ts";
import { judgeCorpus } from "./labelled-turns.ts";

/** What rates are made of: a turn, or all turns of a goal. */
interface GoalUnit {
  session: string;
  /** Category, complexity and tier of its turn that wrote most. */
  kind: string;
  reworked: boolean;
}

/**
 * Measures what predicts rework better, rates over turns or rates over goals: rates by category, complexity and tier from half of the
 * sessions, tried on the other half and the other way round. The number is the chance that a reworked unit has the higher rate of
 * two (AUC); 0.5 is a coin.
 */
function predict(units: readonly GoalUnit[]): { units: number; reworked: number; auc: number } {
  const scored = [0, 1].flatMap((half) => {
    const rates = ratesOf(units.filter(({ session }) => halfOf(session) !== half));
    return units
      .filter(({ session }) => halfOf(session) === half)
      .map((unit) => ({ ...unit, rate: rates(unit.kind) }));
  });
  return {
    units: units.length,
    reworked: units.filter(({ reworked }) => reworked).length,
    auc: areaUnder(scored),
  };
}

function halfOf(session: string): number {
  return (createHash("sha256").update(session).digest()[0] ?? 0) % 2;
}

/** Rates of kinds, drawn to the rate of all by ten units. */
function ratesOf(units: readonly GoalUnit[]): (kind: string) => number {
  const all = units.filter(({ reworked }) => reworked).length / Math.max(1, units.length);
  const kinds = Map.groupBy(units, ({ kind }) => kind);
  return (kind) => {
    const own = kinds.get(kind) ?? [];
    return (own.filter(({ reworked }) => reworked).length + 10 * all) / (own.length + 10);
  };
}

function areaUnder(scored: readonly (GoalUnit & { rate: number })[]): number {
  const [bad, good] = [scored.filter(({ reworked }) => reworked), scored.filter(({ reworked }) => !reworked)];
  let wins = 0;
  for (const one of bad)
    for (const other of good) wins += one.rate > other.rate ? 1 : one.rate === other.rate ? 0.5 : 0;
  return wins / (bad.length * good.length);
}

function toUnits(groups: readonly (readonly JudgedTask[])[]): GoalUnit[] {
  return groups.flatMap((turns) => {
    const main = turns.toSorted((a, b) => b.linesWritten - a.linesWritten)[0];
    if (!main || turns.every(({ outcome }) => outcome === "unknown")) return [];
    const { category, complexity } = main.categories;
    return [
      {
        session: main.session,
        kind: `${category} ${complexity} ${main.startTier ?? ""}`,
        reworked: turns.some(
          ({ outcome }) => outcome === "reworked" || outcome === "failed" || outcome === "escalated",
        ),
      },
    ];
  });
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { corpus: { type: "string" } } });
  if (!values.corpus) throw new Error("Usage: node test/eval/goals.ts --corpus DIR");
  const turns = (await judgeCorpus(resolve(values.corpus))).filter(({ kind }) => kind === "turn");
  const goals = [...Map.groupBy(turns, ({ session, goal }) => `${session} ${goal}`).values()];
  for (const [name, groups] of [
    ["turns", turns.map((turn) => [turn])],
    ["goals", goals],
  ] as const) {
    const { units, reworked, auc } = predict(toUnits(groups));
    console.log(`${name}: ${units}, ${reworked} with rework; AUC ${auc.toFixed(3)}`);
  }
}
