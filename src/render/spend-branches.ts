import type { BranchFacts } from "../operations/branches.ts";
import type { SpendRow } from "../operations/spend.ts";
import { formatInteger } from "./numbers.ts";
import { formatRate, rateFields } from "./rates.ts";
import type { Column } from "./table.ts";

export type FactsByBranch = ReadonlyMap<string, BranchFacts>;

/** The columns of a breakdown by branch, besides those of every breakdown. */
export const BRANCH_COLUMNS: readonly Column[] = [
  { title: "Sessions", align: "right", drop: 3 },
  { title: "Agents", align: "right", drop: 6 },
  { title: "Days", align: "right", drop: 4 },
  { title: "Tasks", align: "right", drop: 6 },
  { title: "Success", align: "right", drop: 2 },
];

/** The cells of a branch in these columns. */
export function branchCells(facts: FactsByBranch, row: SpendRow): string[] {
  const found = facts.get(row.key.branch ?? "");
  if (!found) return BRANCH_COLUMNS.map(() => "");
  const { sessions, agentRuns, activeDays, tasks, outcomes, successRate } = found;
  return [
    ...[sessions, agentRuns, activeDays, tasks].map(formatInteger),
    formatRate(successRate, tasks - outcomes.unknown),
  ];
}

/** The fields of a branch in JSON. */
export function branchFields(facts: FactsByBranch, row: SpendRow): object {
  const found = facts.get(row.key.branch ?? "");
  return found ? { ...found, successRate: rateFields(found.successRate) } : {};
}
