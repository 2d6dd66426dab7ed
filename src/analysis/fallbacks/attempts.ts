import { type Attempt, type AttemptCause, type Failure, groupByRun } from "../../domain/attempt.ts";
import { FAMILIES, type Tier, tierRank } from "../../domain/model.ts";
import type { NanoUsd } from "../../domain/money.ts";
import { sum } from "../../domain/numbers.ts";
import { escalationFields, type EscalationRate, type Rate, wilson } from "../../domain/rate.ts";
import type { Tokens } from "../../domain/usage.ts";
import { priceUsage } from "../../models/price.ts";
import type { ModelTable } from "../../models/resolve.ts";
import { referenceModel, scaleUsage, tokenizerFactor } from "../savings/counterfactual.ts";
import { type TierVerdict, verdictOf } from "./tiers.ts";

/** Results of the runs that began on one tier. */
export interface TierRuns extends EscalationRate {
  /** The tier. */
  tier: Tier;
  /** Runs that began on it. */
  started: number;
  /** Answered on the tier itself. */
  accepted: number;
  /** Finished on a higher tier, because this one failed, refused or was not good enough. */
  escalated: number;
  /** Runs that ended without an answer. */
  failed: number;
  /** Runs that the caller aborted. */
  interrupted: number;
  /** accepted ÷ runs with a known end. */
  successRate: Rate;
  /** Verdict on the tier. */
  verdict: TierVerdict;
}

export interface ModelAttempts {
  model: string;
  attempts: number;
  /** Runs whose answer it gave. */
  answers: number;
  tokens: Tokens;
  costNano: NanoUsd;
}

export interface AttemptSummary {
  runs: number;
  answered: number;
  attempts: number;
  causes: Record<AttemptCause, number>;
  failures: Partial<Record<Failure, number>>;
  tiers: TierRuns[];
  models: ModelAttempts[];
  taskTypes: { taskType: string; runs: number; answered: number; escalated: number; costNano: NanoUsd }[];
  actualNano: NanoUsd;
  alwaysOpusNano: NanoUsd;
  /** Attempts whose price is not known: in neither sum. */
  unpriced: number;
}

/** Returns what the executor, cascades and batches did and cost (docs/executor.md). */
export function summarizeAttempts(attempts: readonly Attempt[], table: ModelTable): AttemptSummary {
  const runs = groupByRun(attempts).map(summarizeRun);
  const priced = attempts.filter(({ costNano }) => costNano !== undefined);
  const failures: Partial<Record<Failure, number>> = {};
  for (const { failure } of attempts) if (failure) failures[failure] = (failures[failure] ?? 0) + 1;
  const causes = { first: 0, retry: 0, fallback: 0, escalation: 0 };
  for (const { cause } of attempts) causes[cause]++;
  return {
    runs: runs.length,
    answered: runs.filter(({ end }) => end !== "failed" && end !== "interrupted").length,
    attempts: attempts.length,
    causes,
    failures,
    tiers: FAMILIES.flatMap((tier) => tierRuns(tier, runs)),
    models: groupModels(attempts),
    taskTypes: groupTaskTypes(runs),
    actualNano: sum(priced.map(({ costNano = 0 }) => costNano)),
    alwaysOpusNano: sum(priced.map((attempt) => asOpus(attempt, table))),
    unpriced: attempts.length - priced.length,
  };
}

interface AttemptRun {
  taskType: string;
  tier: Tier | undefined;
  /** `moved`: answered, on another tier than it began on. */
  end: "accepted" | "moved" | "failed" | "interrupted";
  rose: boolean;
  costNano: NanoUsd;
}

function summarizeRun(all: readonly Attempt[]): AttemptRun {
  // An architect's reasoning is not an answer: a run went as its answer went.
  const handed = all.findLastIndex(({ result }) => result === "handedOver");
  const answering = handed + 1 < all.length ? all.slice(handed + 1) : all;
  const [first, last] = [answering[0], answering.at(-1)];
  const rose = Boolean(first?.tier && last?.tier && tierRank(last.tier) > tierRank(first.tier));
  const moved = first?.model !== last?.model;
  return {
    taskType: first?.taskType ?? "",
    tier: first?.tier,
    end: endOf(last, moved),
    rose,
    costNano: sum(all.map(({ costNano = 0 }) => costNano)),
  };
}

function endOf(last: Attempt | undefined, moved: boolean): AttemptRun["end"] {
  if (last?.result === "accepted") return moved ? "moved" : "accepted";
  return last?.result === "aborted" ? "interrupted" : "failed";
}

function tierRuns(tier: Tier, runs: readonly AttemptRun[]): TierRuns[] {
  const own = runs.filter((run) => run.tier === tier);
  if (own.length === 0) return [];
  const count = (holds: (run: AttemptRun) => boolean): number => own.filter(holds).length;
  const started = own.length;
  const escalated = count(({ rose, end }) => rose && end !== "interrupted");
  const interrupted = count(({ end }) => end === "interrupted");
  const accepted = count(({ rose, end }) => !rose && (end === "accepted" || end === "moved"));
  const failed = started - accepted - escalated - interrupted;
  const successRate = wilson(accepted, started - interrupted);
  return [
    {
      tier,
      started,
      accepted,
      escalated,
      failed,
      interrupted,
      successRate,
      ...escalationFields(wilson(escalated, started)),
      verdict: verdictOf(escalated / started, successRate.value, started - interrupted),
    },
  ];
}

function groupModels(attempts: readonly Attempt[]): ModelAttempts[] {
  const models = new Map<string, ModelAttempts>();
  for (const { servedModel, model, usage, costNano = 0, result } of attempts) {
    const name = servedModel ?? model;
    const row = models.get(name) ?? { model: name, attempts: 0, answers: 0, tokens: noTokens(), costNano: 0 };
    row.attempts++;
    row.answers += result === "accepted" ? 1 : 0;
    row.costNano += costNano;
    for (const kind of Object.keys(row.tokens) as (keyof Tokens)[]) row.tokens[kind] += usage[kind];
    models.set(name, row);
  }
  return [...models.values()].toSorted((a, b) => b.attempts - a.attempts);
}

function groupTaskTypes(runs: readonly AttemptRun[]): AttemptSummary["taskTypes"] {
  const types = new Map<string, AttemptSummary["taskTypes"][number]>();
  for (const { taskType, end, rose, costNano } of runs) {
    const row = types.get(taskType) ?? { taskType, runs: 0, answered: 0, escalated: 0, costNano: 0 };
    row.runs++;
    row.answered += end === "accepted" || end === "moved" ? 1 : 0;
    row.escalated += rose ? 1 : 0;
    row.costNano += costNano;
    types.set(taskType, row);
  }
  return [...types.values()].toSorted((a, b) => b.runs - a.runs);
}

/** The same tokens on the Opus of that day (docs/definitions.md, "What it would have cost"). */
function asOpus({ servedModel, model, usage, at, source, costNano }: Attempt, table: ModelTable): NanoUsd {
  const opus = referenceModel(table, "opus", new Date(at).toISOString().slice(0, 10));
  if (!opus || costNano === 0) return 0;
  const factor = tokenizerFactor(table.find(servedModel ?? model), opus);
  return priceUsage(opus, scaleUsage(usage, factor), { at, batch: source === "batch" }) ?? 0;
}

function noTokens(): Tokens {
  return { input: 0, output: 0, thinking: 0, cacheWrite5m: 0, cacheWrite1h: 0, cacheRead: 0 };
}
