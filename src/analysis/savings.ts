import type { Bill } from "../domain/bill.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { FAMILIES, type Effort, type Tier } from "../domain/model.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { ModelTable } from "../models/resolve.ts";
import { type Repriced, referenceModel, repriceBill } from "./counterfactual.ts";

/** What the same requests would have cost under another rule. */
export interface Scenario {
  name: "actual" | "always-opus" | "always-sonnet" | "cheapest-tier" | "policy";
  costNano: NanoUsd;
  /** Bills that could not be priced under it, at what they cost in truth. */
  unpriced: number;
  rescaled: boolean;
  effortScaled: boolean;
}

/** What a role would run on; undefined leaves it as it was. */
export type Assign = (role: string) => { tier: Tier; model?: string; effort?: Effort } | undefined;

/** The scenarios of docs/definitions.md over bills; those of tasks know the role that a policy decides by. */
export function compareScenarios(
  bills: readonly RoleBill[],
  models: ModelTable,
  assign?: Assign,
): Scenario[] {
  const fixed = (name: Scenario["name"], tier: Tier): Scenario =>
    sumScenario(name, bills, ({ bill }) => {
      const model = referenceModel(models, tier, Date.parse(bill.day));
      return model && repriceBill(bill, model, models);
    });
  const scenarios = [
    sumScenario("actual", bills, () => undefined),
    fixed("always-opus", "opus"),
    fixed("always-sonnet", "sonnet"),
    sumScenario("cheapest-tier", bills, ({ bill }) => cheapest(bill, models)),
  ];
  return assign
    ? [...scenarios, sumScenario("policy", bills, (of) => underPolicy(of, models, assign))]
    : scenarios;
}

/** A bill with the role that ran it up. */
export interface RoleBill {
  bill: Bill;
  role: string;
}

export function billsOf(tasks: readonly JudgedTask[]): RoleBill[] {
  return tasks.flatMap(({ bills, role }) => bills.map((bill) => ({ bill, role })));
}

function sumScenario(
  name: Scenario["name"],
  bills: readonly RoleBill[],
  price: (of: RoleBill) => Repriced | undefined,
): Scenario {
  const sum: Scenario = { name, costNano: 0, unpriced: 0, rescaled: false, effortScaled: false };
  for (const of of bills) {
    const actual = of.bill.costNano;
    // What has no known price cannot be compared, so it is left out on both sides.
    if (actual === undefined) continue;
    const repriced = name === "actual" ? undefined : price(of);
    if (name !== "actual" && !repriced) sum.unpriced++;
    sum.costNano += repriced?.costNano ?? actual;
    sum.rescaled ||= repriced?.rescaled ?? false;
    sum.effortScaled ||= repriced?.effortScaled ?? false;
  }
  return sum;
}

function cheapest(bill: Bill, models: ModelTable): Repriced | undefined {
  return FAMILIES.flatMap((tier) => {
    const model = referenceModel(models, tier, Date.parse(bill.day));
    const repriced = model && repriceBill(bill, model, models);
    return repriced ? [repriced] : [];
  }).toSorted((a, b) => a.costNano - b.costNano)[0];
}

function underPolicy({ bill, role }: RoleBill, models: ModelTable, assign: Assign): Repriced | undefined {
  const wanted = assign(role);
  if (!wanted)
    return bill.costNano === undefined
      ? undefined
      : { costNano: bill.costNano, rescaled: false, effortScaled: false };
  const at = Date.parse(bill.day);
  const model =
    (wanted.model === undefined ? undefined : models.find(wanted.model)) ??
    referenceModel(models, wanted.tier, at);
  return model && repriceBill(bill, model, models, wanted.effort);
}

/** Money of a period carried on to a month of 30 days and a year of 365. */
export interface Projection {
  month: Interval;
  year: Interval;
  activeDays: number;
  days: number;
}

export interface Interval {
  low: NanoUsd;
  mid: NanoUsd;
  high: NanoUsd;
}

/**
 * Carried on from the days of the period: the mean per day with the interval of its standard error (normal, 95 %), days
 * without activity counted as zero. `days` is the length of the period.
 */
export function project(byActiveDay: readonly NanoUsd[], days: number): Projection {
  const length = Math.max(days, byActiveDay.length, 1);
  const mean = byActiveDay.reduce((sum, value) => sum + value, 0) / length;
  const squares =
    byActiveDay.reduce((sum, value) => sum + (value - mean) ** 2, 0) +
    (length - byActiveDay.length) * mean ** 2;
  const error = length > 1 ? Math.sqrt(squares / (length - 1) / length) : 0;
  const over = (span: number): Interval => ({
    low: Math.max(0, mean - Z95 * error) * span,
    mid: mean * span,
    high: (mean + Z95 * error) * span,
  });
  return { month: over(30), year: over(365), activeDays: byActiveDay.length, days: length };
}

const Z95 = 1.96;
