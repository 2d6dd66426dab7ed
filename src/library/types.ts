// The types of what the analyzer returns. Amounts in them are in nano-dollars; `InDollars` of them is what the functions return.
export type { Impact, ImpactVerdict } from "../advice/impact.ts";
export type { Advice } from "../advice/recommend.ts";
export type { Interval } from "../advice/statistics/rates.ts";
export type { TrialReview } from "../advice/trial.ts";
export type { AttemptLatency, AttemptSpend } from "../analysis/attempt-spend.ts";
export type { TierRuns } from "../analysis/fallbacks/attempts.ts";
export type { LatencySummary, RunLatency } from "../analysis/fallbacks/latency.ts";
export type { PlanningShare, Side } from "../analysis/fallbacks/opusplan.ts";
export type { Panel } from "../analysis/fallbacks/panel.ts";
export type { AcceptedBy, GroupReport, TierReport, TierVerdict } from "../analysis/fallbacks/tiers.ts";
export type { Substitution } from "../analysis/outcomes/session.ts";
export type { MoneyInterval, Projection } from "../analysis/savings/projection.ts";
export type { EscalatedAttempts, Scenario } from "../analysis/savings/savings.ts";
export type { Bill } from "../domain/bill.ts";
export type {
  AxisRow,
  Cause,
  CauseAxis,
  CauseSum,
  Certainty,
  ContextBand,
  CostCauses,
  LossPlace,
  OverheadRow,
} from "../domain/cost-causes.ts";
export type { AdviceValue, Decision, DecisionStep } from "../domain/decision.ts";
export type { Finding, FindingPlace } from "../domain/finding.ts";
export type { JudgedTask } from "../domain/judged-task.ts";
export type { Leaf, LossCause, Sign } from "../domain/ledger.ts";
export type { EscalationRate, Rate } from "../domain/rate.ts";
export type {
  AdvicePatch,
  AgentPatch,
  Confidence,
  ModelAtEffort,
  Recommendation,
  RecommendationKind,
  TaskPlace,
  TrialPlan,
} from "../domain/recommendation.ts";
export type { HistoryPlace } from "../domain/simulation.ts";
export type { Switch, SwitchCause } from "../domain/switch.ts";
export type { Categories, Category, Complexity, Evidence, Outcome, Strength, Task } from "../domain/task.ts";
export type { Filters } from "../history/filters.ts";
export type { IngestProgress } from "../history/ingest.ts";
export type { LowerBound } from "../history/lower-bound.ts";
export type { AttemptReport, ErrorCount, FallbackReport } from "../operations/fallbacks.ts";
export type { ImpactReport } from "../operations/impact.ts";
export type { AdviceReport } from "../operations/recommend.ts";
export type { SavingsGroup, SavingsReport } from "../operations/savings.ts";
export type { SavingsWorth } from "../operations/savings-worth.ts";
export type { Spend, SpendReport, SpendRow } from "../operations/spend.ts";
export type { KnownSuccess, WhatIf, WhatIfRole } from "../operations/what-if.ts";
export type { SpendKey } from "../operations/spend-keys.ts";
export type { RoleReport } from "../operations/roles.ts";
export type { RoleCell, RoleGroup, RoleGrouping, TierUp, Trend } from "../advice/roles.ts";
export type { RoleVerdict, RoleVerdictKind } from "../advice/role-verdict.ts";
