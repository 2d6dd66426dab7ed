import type { Bill } from "../../domain/bill.ts";
import type { JudgedTask } from "../../domain/judged-task.ts";
import { FAMILIES, type Effort, type Tier, tierRank } from "../../domain/model.ts";
import type { NanoUsd } from "../../domain/money.ts";
import type { ModelTable } from "../../models/resolve.ts";
import { type Repriced, referenceModel, repriceBill } from "./counterfactual.ts";

/** The cost of the same requests under another rule. */
export interface Scenario {
  /** The rule. */
  name: "actual" | "always-opus" | "always-sonnet" | "cheapest-tier" | "policy";
  /** Cost under it, in nano-dollars. */
  costNano: NanoUsd;
  /** Bills that could not be priced under it, at what they cost in truth. */
  unpriced: number;
  /** Whether token counts were converted between tokenizers. */
  rescaled: boolean;
  /** Whether output was scaled because efforts differ. */
  effortScaled: boolean;
}

/** A function that chooses the model of a role: the tier's model of that day or an exact one; undefined leaves it as it was. */
export type Assign = (of: {
  role: string;
  planMode: boolean;
}) => { tier?: Tier; model?: string; effort?: Effort } | undefined;

/** The scenarios of docs/definitions.md over bills; those of tasks know the role that a policy decides by. */
export function compareScenarios(
  bills: readonly RoleBill[],
  models: ModelTable,
  assign?: Assign,
): Scenario[] {
  const fixed = (name: Scenario["name"], tier: Tier): Scenario =>
    sumScenario(name, bills, ({ bill }) => {
      const model = referenceModel(models, tier, bill.day);
      return model && repriceBill(bill, model, models);
    });
  const scenarios = [
    sumScenario("actual", bills, () => undefined),
    fixed("always-opus", "opus"),
    fixed("always-sonnet", "sonnet"),
    sumScenario("cheapest-tier", bills, ({ bill }) => cheapest(bill, models)),
  ];
  return assign ? [...scenarios, priceUnder(bills, models, assign)] : scenarios;
}

/** Prices bills as a policy would have had them run; what it leaves as it is keeps its cost. */
export function priceUnder(bills: readonly RoleBill[], models: ModelTable, assign: Assign): Scenario {
  return sumScenario("policy", bills, (of) => underPolicy(of, models, assign));
}

/** A bill with the role that ran it up. */
export interface RoleBill {
  bill: Bill;
  role: string;
  /** It belongs to a task that began in plan mode. */
  planMode?: boolean;
}

export function billsOf(tasks: readonly JudgedTask[]): RoleBill[] {
  return tasks.flatMap(({ bills, role, planMode }) => bills.map((bill) => ({ bill, role, planMode })));
}

/** Returns what bills cost, and what they would have cost on Opus; the two amounts of the headline. */
export function againstOpus(
  bills: readonly Bill[],
  models: ModelTable,
): { actualNano: NanoUsd; alwaysOpusNano: NanoUsd } {
  const sum = { actualNano: 0, alwaysOpusNano: 0 };
  for (const bill of bills) {
    if (bill.costNano === undefined) continue;
    const model = referenceModel(models, "opus", bill.day);
    sum.actualNano += bill.costNano;
    sum.alwaysOpusNano += (model && repriceBill(bill, model, models)?.costNano) ?? bill.costNano;
  }
  return sum;
}

/** Attempts below Opus that escalated: with Opus from the start they would not have been needed. */
export interface EscalatedAttempts {
  /** Number of tasks. */
  attempts: number;
  /** Cost of their requests below Opus, had they run on Opus, in nano-dollars. */
  onOpusNano: NanoUsd;
}

/** Adds up the escalated attempts among tasks: always-Opus counts them, because it counts every request. */
export function sumEscalated(tasks: readonly JudgedTask[], models: ModelTable): EscalatedAttempts {
  const isBelow = ({ model }: Bill) => tierRank(models.find(model)?.family ?? "fable") < tierRank("opus");
  const escalated = tasks.filter(({ outcome, bills }) => outcome === "escalated" && bills.some(isBelow));
  const bills = escalated.flatMap((task) => task.bills.filter(isBelow));
  return { attempts: escalated.length, onOpusNano: againstOpus(bills, models).alwaysOpusNano };
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
    const model = referenceModel(models, tier, bill.day);
    const repriced = model && repriceBill(bill, model, models);
    return repriced ? [repriced] : [];
  }).toSorted((a, b) => a.costNano - b.costNano)[0];
}

function underPolicy(of: RoleBill, models: ModelTable, assign: Assign): Repriced | undefined {
  const { bill } = of;
  const wanted = assign({ role: of.role, planMode: of.planMode ?? false });
  const exact = wanted?.model === undefined ? undefined : models.find(wanted.model);
  const model = exact ?? (wanted?.tier && referenceModel(models, wanted.tier, bill.day));
  return model && repriceBill(bill, model, models, wanted?.effort);
}
