import type { JudgedTask } from "../../domain/judged-task.ts";
import type { Effort, Tier } from "../../domain/model.ts";
import type { NanoUsd } from "../../domain/money.ts";
import type { ModelTable } from "../../models/resolve.ts";
import { referenceModel, repriceBill } from "../savings/counterfactual.ts";

/** Returns what a task cost beyond the same tokens on a tier's model of the day; 0 where it cost no more, or is not known. */
export function beyondTier(task: JudgedTask, tier: Tier, models: ModelTable, effort?: Effort): NanoUsd {
  let beyond = 0;
  for (const bill of task.bills) {
    const model = referenceModel(models, tier, bill.day);
    const repriced = model && repriceBill(bill, model, models, effort);
    if (repriced && bill.costNano !== undefined) beyond += bill.costNano - repriced.costNano;
  }
  return Math.max(0, beyond);
}
