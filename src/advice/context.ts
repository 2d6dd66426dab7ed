import type { Tier } from "../domain/model.ts";
import type { Policy } from "../domain/policy.ts";
import type { ModelTable } from "../models/resolve.ts";
import type { Assessment } from "./assess.ts";
import type { Habits } from "./habits.ts";
import type { AdviceTask, RoleView } from "./role-view.ts";

/** What the rules look at. */
export interface AdviceContext {
  tasks: readonly AdviceTask[];
  /** The dearest first. */
  roles: readonly RoleView[];
  habits: Habits;
  policy: Policy;
  table: ModelTable;
  /** The model that each tier stands for. */
  tiers: Readonly<Record<Tier, string>>;
  /** ms since the epoch: the end of the period. */
  until: number;
  /** Length of the part of the period that has tasks, in days; at least 7. */
  days: number;
  /** Share of success that a cheaper assignment may lose. */
  tolerance: number;
  /** Known outcomes that each side needs before a change is advised without a trial. */
  enough: number;
  /** Normal quantile of the one-sided 95 %, corrected for how many comparisons there are. */
  z: number;
  /** What the period's tasks cost, in dollars in 30 days. */
  monthlyUsd: number;
  /** Moves of whole roles that were judged already, by role and assignment. */
  assessed: Map<string, Assessment | undefined>;
}
