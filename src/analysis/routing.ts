import { fnv1a } from "../domain/hash.ts";
import { FAMILIES, type Tier, tierRank } from "../domain/model.ts";
import type { NanoUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import type { Rate } from "../domain/rate.ts";
import { successRateOf } from "./fallbacks/tiers.ts";
import type { Complexity, Task } from "../domain/task.ts";

/** Results of the tasks of one role and complexity that started on one tier. */
export interface RoutingCell {
  tier: Tier;
  tasks: number;
  /** Tasks with a known outcome, and those of them that were accepted. */
  known: number;
  accepted: number;
  successRate: Rate;
  /** Mean cost of a task. */
  costNano: NanoUsd;
}

/** One role and complexity, and the tier that its judged tasks support. */
export interface RoutingUnit {
  role: string;
  complexity: Complexity;
  /** From the lowest tier up. */
  cells: readonly RoutingCell[];
  /** The cheapest tier that succeeds often enough; absent if too few outcomes are known. */
  supported?: Tier;
}

/** Known outcomes that a tier needs before it supports anything. */
const ENOUGH_OUTCOMES = 12;
/** Share of the strongest tier's success rate that a cheaper tier has to reach. */
const SUCCESS_SHARE = 0.95;

/** Groups tasks by role and complexity, and finds the tier that each group supports. Most tasks first. */
export function routeByHistory(tasks: readonly Task[]): RoutingUnit[] {
  const groups = Map.groupBy(tasks.filter(isUsable), unitOf);
  const units = [...groups.values()].map((group): RoutingUnit => {
    const cells = cellsOf(group);
    const supported = supportedTier(cells, SUCCESS_SHARE);
    const { role, categories } = group[0] as Task;
    return { role, complexity: categories.complexity, cells, ...(supported && { supported }) };
  });
  return units.toSorted((a, b) => tasksIn(b) - tasksIn(a));
}

function tasksIn({ cells }: RoutingUnit): number {
  return sum(cells.map(({ tasks }) => tasks));
}

function supportedTier(cells: readonly RoutingCell[], share: number): Tier | undefined {
  const known = cells.filter((cell) => cell.known >= ENOUGH_OUTCOMES);
  const strongest = known.at(-1);
  if (!strongest || known.length < 2) return undefined;
  const wanted = share * (strongest.accepted / strongest.known);
  const good = known.filter((cell) => cell.accepted / cell.known >= wanted);
  return good.toSorted((a, b) => a.costNano - b.costNano)[0]?.tier;
}

function cellsOf(tasks: readonly Task[]): RoutingCell[] {
  const byTier = Map.groupBy(tasks, ({ startTier }) => startTier);
  return FAMILIES.flatMap((tier) => {
    const own = byTier.get(tier);
    if (!own) return [];
    const known = own.filter(isKnown);
    const accepted = known.filter(({ outcome }) => outcome === "accepted").length;
    return {
      tier,
      tasks: own.length,
      known: known.length,
      accepted,
      successRate: successRateOf(own),
      costNano: sum(own.map(({ costNano }) => costNano)) / own.length,
    };
  });
}

/** A way to route all tasks: what a task costs on average, and how many of them succeed. */
export interface RoutingPoint {
  costNano: NanoUsd;
  success: number;
}

/** The cost and the success of routing, beside simpler ways. All of it is estimated from tasks that were not used to choose. */
export interface RoutingCurve {
  tasks: number;
  /** Routing by role and complexity, for several shares of the strongest tier's success. */
  routed: readonly (RoutingPoint & { share: number })[];
  /** One tier for everything. */
  single: readonly (RoutingPoint & { tier: Tier })[];
  /** A coin that sends this share of the tasks to the strongest tier, the rest to the weakest. */
  random: readonly (RoutingPoint & { share: number })[];
  /**
   * Area below the curve of recovered success over recovered cost, from the weakest tier to the strongest: 0.5 is
   * random. Null if the strongest tier is not better, or not more expensive.
   */
  area: number | null;
}

const SHARES = [1, 0.97, 0.95, 0.9, 0.8, 0.5] as const;
const COINS = [0, 0.25, 0.5, 0.75, 1] as const;

/**
 * Estimates the curve from judged tasks; undefined if fewer than two tiers have enough known outcomes, in kinds of work
 * that make up half of the tasks: a tier that only does one kind says nothing about the others.
 */
export function estimateCurve(tasks: readonly Task[]): RoutingCurve | undefined {
  const usable = tasks.filter(isUsable);
  const seen = estimator(usable);
  const tiers = cellsOf(usable)
    .filter(({ known }) => known >= ENOUGH_OUTCOMES)
    .map(({ tier }) => tier);
  const common = tiers.filter(
    (tier) => 2 * usable.filter((task) => isSeen(seen(unitOf(task), tier))).length >= usable.length,
  );
  const [weakest, strongest] = [common[0], common.at(-1)];
  if (weakest === undefined || strongest === undefined || weakest === strongest) return undefined;
  const play = createPlay(usable);
  const single = common.map((tier) => ({ tier, ...play(() => tier) }));
  const [low, high] = [single[0] as RoutingPoint, single.at(-1) as RoutingPoint];
  const routed = SHARES.map((share) => ({
    share,
    ...play((unit, estimate) => cheapestGood(unit, tiers, strongest, estimate, share)),
  }));
  const random = COINS.map((share) => ({ share, ...mix(low, high, share) }));
  return { tasks: usable.length, routed, single, random, area: areaBelow(routed, low, high) };
}

/** Each half is judged by what was chosen on the other: on one's own data, every choice looks good. */
function createPlay(tasks: readonly Task[]) {
  const halves = [0, 1].map((half) => tasks.filter(({ session }) => fnv1a(session) % 2 === half));
  const estimates = halves.map((half) => estimator(half));
  return (pick: (unit: string, estimate: EstimateTier) => Tier): RoutingPoint =>
    average(
      halves.flatMap((half, at) => {
        const [judge, choose] = [estimates[at] as EstimateTier, estimates[1 - at] as EstimateTier];
        return half.map(unitOf).map((unit) => judge(unit, pick(unit, choose)));
      }),
    );
}

function cheapestGood(
  unit: string,
  tiers: readonly Tier[],
  strongest: Tier,
  estimate: EstimateTier,
  share: number,
): Tier {
  const wanted = share * estimate(unit, strongest).success;
  const good = tiers
    .map((tier) => ({ tier, ...estimate(unit, tier) }))
    .filter((choice) => choice.tier === strongest || (isSeen(choice) && choice.success >= wanted));
  return good.toSorted((a, b) => a.costNano - b.costNano)[0]?.tier ?? strongest;
}

interface Estimated extends RoutingPoint {
  /** Known outcomes behind it. */
  known: number;
}

type EstimateTier = (unit: string, tier: Tier) => Estimated;

/** Known outcomes from which on a tier counts as one that does a kind of work. */
const SEEN = 3;

function isSeen({ known }: Estimated): boolean {
  return known >= SEEN;
}

/** Tasks that the average of all units counts for, in a unit with few of its own. */
const PRIOR_TASKS = 4;

/** Estimates cost and success of each unit on each tier; few tasks are pulled towards the average of the tier. */
function estimator(tasks: readonly Task[]): EstimateTier {
  const all = byTier(tasks);
  const units = new Map([...Map.groupBy(tasks, unitOf)].map(([unit, own]) => [unit, byTier(own)]));
  const done = new Map<string, Estimated>();
  return (unit, tier) => {
    const key = `${unit} ${tier}`;
    const estimated = done.get(key) ?? estimateCell(units.get(unit), all, tier);
    done.set(key, estimated);
    return estimated;
  };
}

type Cells = ReadonlyMap<Tier, RoutingCell>;

function byTier(tasks: readonly Task[]): Cells {
  return new Map(cellsOf(tasks).map((cell) => [cell.tier, cell]));
}

function estimateCell(own: Cells | undefined, all: Cells, tier: Tier): Estimated {
  const { accepted = 0, known = 0, costNano } = own?.get(tier) ?? {};
  const usual = all.get(tier);
  const prior = usual && usual.known > 0 ? usual.accepted / usual.known : 0.5;
  return {
    known,
    success: (accepted + PRIOR_TASKS * prior) / (known + PRIOR_TASKS),
    costNano: costNano ?? scaledCost(own, all, tier),
  };
}

/** A unit never seen on a tier costs there what it costs on another, by the ratio of the tiers' averages. */
function scaledCost(own: Cells | undefined, all: Cells, tier: Tier): NanoUsd {
  const here = all.get(tier)?.costNano ?? 0;
  const seen = [...(own?.values() ?? [])].toSorted(
    (a, b) => distance(a.tier, tier) - distance(b.tier, tier),
  )[0];
  const usual = seen && all.get(seen.tier)?.costNano;
  return seen && usual ? seen.costNano * (here / usual) : here;
}

function distance(a: Tier, b: Tier): number {
  return Math.abs(tierRank(a) - tierRank(b));
}

/** The area between the ends. A point counts from its cost on: no one has to pay more for less. */
function areaBelow(points: readonly RoutingPoint[], low: RoutingPoint, high: RoutingPoint): number | null {
  const [cost, success] = [high.costNano - low.costNano, high.success - low.success];
  if (cost <= 0 || success < 0.01) return null;
  const placed = points
    .map((point) => ({
      x: (point.costNano - low.costNano) / cost,
      y: (point.success - low.success) / success,
    }))
    .filter(({ x }) => x >= 0 && x <= 1)
    .toSorted((a, b) => a.x - b.x || a.y - b.y);
  let [area, last] = [0, { x: 0, y: 0 }];
  for (const { x, y } of [...placed, { x: 1, y: 1 }]) {
    const next = { x, y: Math.max(last.y, y) };
    area += (next.x - last.x) * ((next.y + last.y) / 2);
    last = next;
  }
  return area;
}

function mix(low: RoutingPoint, high: RoutingPoint, share: number): RoutingPoint {
  const between = (a: number, b: number): number => a + share * (b - a);
  return { costNano: between(low.costNano, high.costNano), success: between(low.success, high.success) };
}

function average(points: readonly RoutingPoint[]): RoutingPoint {
  return {
    costNano: mean(points.map(({ costNano }) => costNano)),
    success: mean(points.map(({ success }) => success)),
  };
}

function mean(values: readonly number[]): number {
  return sum(values) / Math.max(1, values.length);
}

function unitOf({ role, categories }: Task): string {
  return `${role}\0${categories.complexity}`;
}

function isUsable({ startTier, models }: Task): boolean {
  return startTier !== undefined && models.length > 0;
}

function isKnown({ outcome }: Task): boolean {
  return outcome !== "unknown" && outcome !== "interrupted";
}
