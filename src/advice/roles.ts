import { successRateOf } from "../analysis/fallbacks/tiers.ts";
import { tierRank } from "../domain/model.ts";
import type { NanoUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import type { Rate } from "../domain/rate.ts";
import type { ModelAtEffort } from "../domain/recommendation.ts";
import type { AdviceContext } from "./context.ts";
import { type AdviceTask, isFailure, knownOf } from "./failure.ts";
import { LEAST_KNOWN } from "./move.ts";
import { type RoleVerdict, verdictOn } from "./role-verdict.ts";
import { differenceOfRates, type Interval } from "./statistics/rates.ts";
import { assignmentOf, costOf, countVotes, isAt, keyOf, type Unit, unitOf, votesOf } from "./unit.ts";

/** The groupings of the table of roles. */
export const ROLE_GROUPINGS = ["role", "category", "complexity"] as const;
/** A key that tasks are grouped by. */
export type RoleGrouping = (typeof ROLE_GROUPINGS)[number];

/** The tasks of one role, or of one kind of work, and what they support. */
export interface RoleGroup {
  /** Grouping of the tasks. */
  by: RoleGrouping;
  /** The role, the category or the complexity. */
  name: string;
  /** The agent type whose tasks these are; null where all agents count. */
  agent: string | null;
  /** Number of tasks. */
  tasks: number;
  /** Most tasks first. */
  cells: readonly RoleCell[];
  /** Conclusion that the tasks support. */
  verdict: RoleVerdict;
}

/** The tasks of a group that started on one model at one effort. */
export interface RoleCell {
  /** A tier or an exact id. */
  model: string;
  /** Level of effort; null for the model's own. */
  effort: string | null;
  /** Number of tasks. */
  tasks: number;
  /** Runs among them that did failed ones again: harder work than usual, which no rate and no mean counts. */
  redos: number;
  /** Tasks with a known outcome, and the accepted ones of them; turns that only delegate do not count. */
  known: number;
  /** Accepted tasks among those with a known outcome. */
  accepted: number;
  /** Accepted tasks ÷ tasks with a known outcome. */
  successRate: Rate;
  /** Tasks that finished on a higher tier. */
  escalated: number;
  /** Of all its tasks. */
  costNano: NanoUsd;
  /** Null where no request of its tasks was recorded. */
  costPerTaskNano: NanoUsd | null;
  /** Cost of the tasks with a known outcome ÷ the accepted ones; null where none was accepted. */
  costPerAcceptedNano: NanoUsd | null;
  /** Compared with the next tier up that has enough known outcomes; null where none has. */
  tierUp: TierUp | null;
  /** Null where too few outcomes are known. */
  trend: Trend | null;
  /** The group runs on it now. */
  isCurrent: boolean;
}

/** The change that one tier more brings. */
export interface TierUp {
  /** The model of the higher tier. */
  model: string;
  /** Level of effort; null for the model's own. */
  effort: string | null;
  /** Change of the success rate, as shares. */
  success: Interval;
  /** Of a task. */
  extraNano: NanoUsd;
  /** Accepted tasks that each dollar more brings; null where it costs no more or brings no more. */
  acceptedPerUsd: number | null;
}

/** The later half of a cell's tasks compared with the earlier half. */
export interface Trend {
  /** Change of the success rate, as shares. */
  success: Interval;
  /** Change of the mean cost of a task, as a share; null where the earlier half cost nothing. */
  cost: number | null;
}

/** Known outcomes in each half from which on a trend is shown. */
const TREND_KNOWN = 10;
const Z95 = 1.96;

/**
 * Groups the tasks that advice is made from by role and by kind of work, with what each model achieved and what that supports. Pure; of
 * the groupings only those asked for.
 */
export function judgeRoles(
  context: AdviceContext,
  by: readonly RoleGrouping[] = ROLE_GROUPINGS,
): RoleGroup[] {
  return by.flatMap((grouping) => {
    if (grouping === "role") return context.units.map((unit) => groupOf("role", unit.role, unit, context));
    const all = context.units.flatMap((unit) => unit.tasks);
    return [...Map.groupBy(all, ({ categories }) => categories[grouping])]
      .map(([name, own]) => groupOf(grouping, name, kindUnit(grouping, name, own, context), context))
      .toSorted((a, b) => b.tasks - a.tasks);
  });
}

/** Makes the unit of one kind of work, whichever agents do it. */
function kindUnit(
  by: "category" | "complexity",
  name: string,
  tasks: readonly AdviceTask[],
  { redos }: AdviceContext,
): Unit {
  const redone = [...redos.all].filter(({ categories }) => categories[by] === name);
  return { ...unitOf(tasks, redos, name), agent: "*", role: "*", redone };
}

function groupOf(by: RoleGrouping, name: string, unit: Unit, context: AdviceContext): RoleGroup {
  const assignments = Map.groupBy([...unit.tasks, ...unit.redone], (task) => keyOf(assignmentOf(task)));
  const redone = new Set(unit.redone);
  const cells = [...assignments.values()]
    .map((own) => cellOf(own, redone, unit.current))
    .toSorted((a, b) => b.tasks - a.tasks);
  return {
    by,
    name,
    agent: by === "role" ? unit.agent : null,
    tasks: sum(cells.map(({ tasks }) => tasks)),
    cells: cells.map((cell) => ({ ...cell, tierUp: tierUpOf(cell, cells, context) })),
    verdict: verdictOn(unit, context),
  };
}

function cellOf(
  all: readonly AdviceTask[],
  redone: ReadonlySet<AdviceTask>,
  current: ModelAtEffort,
): Omit<RoleCell, "tierUp"> {
  const tasks = all.filter((task) => !redone.has(task));
  const votes = votesOf(tasks);
  const { accepted, known } = countVotes(tasks);
  const recorded = tasks.filter(({ requests }) => requests > 0);
  const { model, effort = null } = assignmentOf(all[0] as AdviceTask);
  return {
    model,
    effort,
    tasks: all.length,
    redos: all.length - tasks.length,
    known,
    accepted,
    successRate: successRateOf(votes),
    escalated: tasks.filter(({ outcome }) => outcome === "escalated").length,
    costNano: costOf(all),
    costPerTaskNano: recorded.length === 0 ? null : costOf(recorded) / recorded.length,
    costPerAcceptedNano: costPerAccepted(votes),
    trend: trendOf(votes),
    isCurrent: isAt(all[0] as AdviceTask, current),
  };
}

function costPerAccepted(votes: readonly AdviceTask[]): NanoUsd | null {
  const known = knownOf(votes).filter(({ requests }) => requests > 0);
  const accepted = known.filter((task) => !isFailure(task));
  return accepted.length === 0 ? null : costOf(known) / accepted.length;
}

function trendOf(votes: readonly AdviceTask[]): Trend | null {
  const known = knownOf(votes).toSorted((a, b) => a.startedAt - b.startedAt);
  const half = known.length >> 1;
  if (half < TREND_KNOWN) return null;
  const [before, after] = [known.slice(0, half), known.slice(half)];
  const [early, late] = [costOf(before) / before.length, costOf(after) / after.length];
  return {
    success: differenceOfRates(
      [{ weight: 1, current: countVotes(before), proposed: countVotes(after) }],
      Z95,
    ),
    cost: early > 0 ? late / early - 1 : null,
  };
}

type Counted = Omit<RoleCell, "tierUp">;

function tierUpOf(cell: Counted, cells: readonly Counted[], { table }: AdviceContext): TierUp | null {
  const rank = ({ model }: Counted) => tierRank(table.find(model)?.family ?? "haiku");
  if (cell.known < LEAST_KNOWN || cell.costPerTaskNano === null) return null;
  const [up] = cells
    .filter((other) => other.known >= LEAST_KNOWN && rank(other) > rank(cell))
    .toSorted((a, b) => rank(a) - rank(b) || b.known - a.known);
  if (!up || up.costPerTaskNano === null) return null;
  const success = differenceOfRates([{ weight: 1, current: cell, proposed: up }], Z95);
  const extraNano = up.costPerTaskNano - cell.costPerTaskNano;
  return {
    model: up.model,
    effort: up.effort,
    success,
    extraNano,
    acceptedPerUsd: extraNano > 0 && success.mid > 0 ? success.mid / (extraNano / 1e9) : null,
  };
}
