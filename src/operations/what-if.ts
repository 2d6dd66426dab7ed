import { isFailure, knownOf } from "../advice/failure.ts";
import { votesOf } from "../advice/unit.ts";
import { successRateOf } from "../analysis/fallbacks/tiers.ts";
import {
  type Assign,
  billsOf,
  priceUnder,
  type RoleBill,
  type Scenario,
} from "../analysis/savings/savings.ts";
import { isAnswered, type JudgedTask } from "../domain/judged-task.ts";
import type { Effort, Tier } from "../domain/model.ts";
import type { NanoUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import type { Period } from "../domain/period.ts";
import type { Rate } from "../domain/rate.ts";
import type { Filters } from "../history/filters.ts";
import { readJudged } from "../history/judged.ts";
import { type OpenedHistory, roleName } from "../history/open-history.ts";
import { actualOf, readBills } from "./savings.ts";
import { type OtherPolicy, resolveOtherPolicy, type WhatIfRequest } from "./what-if-policy.ts";

/** A period priced under another policy. */
export interface WhatIf {
  /** The changes as they were asked for: `reviewer=haiku`, the path of a policy, `all-opus`. */
  asked: readonly string[];
  /** The roles whose model the policy decides, the largest change first. */
  roles: readonly WhatIfRole[];
  /** Everything else, which costs what it did. */
  restNano: NanoUsd;
  /** Actual cost in nano-dollars. */
  actualNano: NanoUsd;
  /** Cost under the policy, in nano-dollars. */
  costNano: NanoUsd;
  /** Bills of models that have no known price under the policy: they count at what they cost. */
  unpriced: number;
  /** Whether token counts were converted between tokenizers. */
  rescaled: boolean;
  /** Whether output was scaled because efforts differ. */
  effortScaled: boolean;
}

/** One role under another policy. */
export interface WhatIfRole {
  /** Name of the role. */
  role: string;
  /** Models that its tasks started on, the most tasks first. */
  from: readonly string[];
  /** As the policy names it: a tier stands for its newest model on the day of each request. */
  to: { model: string; effort: Effort | null };
  /** Number of its tasks. */
  tasks: number;
  /** Actual cost in nano-dollars. */
  actualNano: NanoUsd;
  /** Cost under the policy, in nano-dollars. */
  costNano: NanoUsd;
  /** Success of its tasks as they ran. */
  success: KnownSuccess;
  /** On the policy's assignment, as far as this role ran on it in the period; null where no outcome is known. */
  successThere: KnownSuccess | null;
}

/** A success rate with the outcomes behind it. */
export interface KnownSuccess extends Rate {
  /** Accepted tasks. */
  accepted: number;
  /** Tasks with a known outcome. */
  known: number;
}

/** Requests outside of all tasks, and attempts of executor, cascades and batches. */
const NO_TASK = "no task";
const ON_OPUS: Assign = () => ({ tier: "opus" });

/** Prices a period under another policy, with the success that its own tasks show. Throws UsageError for an unknown role or model. */
export function readWhatIf(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
  request: WhatIfRequest,
): WhatIf {
  const judged = readJudged(history, period, filters)
    .flatMap((analysis) => analysis.tasks)
    .filter(isAnswered);
  const policy = resolveOtherPolicy(history, judged, request);
  const tasks = judged.map((task) => ({ ...task, role: roleName(policy.policy, task.agent) }));
  const bills = readBills(history, period, filters);
  const actualNano = actualOf(bills);
  const priced = [...Map.groupBy(tasks, ({ role }) => role)].flatMap(([role, own]) =>
    priceRole(role, own, policy, history),
  );
  const rest = policy.isForAll ? priceOutsideTasks(bills, tasks, policy, history) : [];
  const roles = [...priced, ...rest];
  const decided = sum(roles.map(({ row }) => row.actualNano));
  const restNano = actualNano - decided;
  return {
    asked: policy.asked,
    roles: roles
      .map(({ row }) => row)
      .toSorted((a, b) => b.actualNano - b.costNano - (a.actualNano - a.costNano)),
    restNano,
    actualNano,
    costNano: restNano + sum(roles.map(({ row }) => row.costNano)),
    unpriced: sum(roles.map(({ scenario }) => scenario.unpriced)),
    rescaled: roles.some(({ scenario }) => scenario.rescaled),
    effortScaled: roles.some(({ scenario }) => scenario.effortScaled),
  };
}

interface PricedRole {
  row: WhatIfRole;
  scenario: Scenario;
}

/** Returns one row, or none for a role that the policy leaves as it is. */
function priceRole(
  role: string,
  tasks: readonly JudgedTask[],
  policy: OtherPolicy,
  history: OpenedHistory,
): PricedRole[] {
  const to = policy.shownFor(role);
  if (!to) return [];
  const bills = billsOf(tasks);
  const scenario = priceUnder(bills, history.models, policy.assign);
  const there = tasks.filter((task) => runsAsTold(task, policy.assign, history));
  return [
    {
      scenario,
      row: {
        role,
        from: startModels(tasks),
        to,
        tasks: tasks.length,
        actualNano: actualOf(bills),
        costNano: scenario.costNano,
        success: successOf(tasks),
        successThere: knownOf(votesOf(there)).length === 0 ? null : successOf(there),
      },
    },
  ];
}

/** Prices what no task holds only if every request is asked about: then on Opus, whatever single roles run on. */
function priceOutsideTasks(
  bills: readonly RoleBill[],
  tasks: readonly JudgedTask[],
  { shownFor }: OtherPolicy,
  { models }: OpenedHistory,
): PricedRole[] {
  const inTasks = billsOf(tasks);
  const [all, own] = [priceUnder(bills, models, ON_OPUS), priceUnder(inTasks, models, ON_OPUS)];
  const actualNano = actualOf(bills) - actualOf(inTasks);
  const to = shownFor(NO_TASK);
  if (!to || Math.abs(actualNano) < 1) return [];
  const costNano = all.costNano - own.costNano;
  const row = { role: NO_TASK, from: [], to, tasks: 0, actualNano, costNano };
  const scenario = { ...all, unpriced: all.unpriced - own.unpriced };
  return [{ scenario, row: { ...row, success: successOf([]), successThere: null } }];
}

function startModels(tasks: readonly JudgedTask[]): string[] {
  const groups = Map.groupBy(tasks, ({ models }) => models[0] ?? "");
  return [...groups].toSorted((a, b) => b[1].length - a[1].length).map(([model]) => model);
}

/** Returns whether a task started on what the policy would have put it on. */
function runsAsTold(task: JudgedTask, assign: Assign, { models }: OpenedHistory): boolean {
  const told = assign(task);
  if (!told) return false;
  const isEffort = !told.effort || !task.effort || told.effort === task.effort;
  return isEffort && isModel(task.models[0] ?? "", told, models);
}

function isModel(
  model: string,
  told: { tier?: Tier; model?: string },
  models: OpenedHistory["models"],
): boolean {
  if (told.model === undefined) return models.find(model)?.family === told.tier;
  return (models.find(told.model)?.id ?? told.model) === model;
}

function successOf(tasks: readonly JudgedTask[]): KnownSuccess {
  const votes = votesOf(tasks);
  const known = knownOf(votes);
  const accepted = known.filter((task) => !isFailure(task)).length;
  return { ...successRateOf(votes), accepted, known: known.length };
}
