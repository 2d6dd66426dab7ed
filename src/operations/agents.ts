import { countOutcomes } from "../analysis/tiers.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { type Rate, wilson } from "../domain/rate.ts";
import type { Outcome } from "../domain/task.ts";
import type { ModelTable } from "../models/resolve.ts";
import { readJudged } from "./judged.ts";
import type { History } from "./open-history.ts";
import type { Filters } from "./spend.ts";

/** One agent type: what it was declared to run on, what served it, what it cost and how it went. */
export interface AgentRow {
  agent: string;
  role: string;
  /** What calls, front matter or settings came to most often, as written where that is known; null where nothing says. */
  declaredModel: string | null;
  /** Runs by the canonical id of the model that answered last. */
  servedModels: Record<string, number>;
  /** Runs that another model answered, at least in part, than the one that the client had settled on. */
  mismatches: number;
  efforts: Record<string, number>;
  runs: number;
  requests: number;
  costNano: NanoUsd;
  costPerRunNano: NanoUsd;
  outcomes: Record<Outcome, number>;
  successRate: Rate;
}

/** Every agent type, dearest first, and the runs that its figures are made of. */
export function readAgents(
  history: History,
  period: Period,
  filters: Filters = {},
): { rows: AgentRow[]; runs: JudgedTask[] } {
  const runs = readJudged(history, period, filters)
    .flatMap(({ tasks }) => tasks)
    .filter(({ kind }) => kind === "agent-run");
  const rows = [...Map.groupBy(runs, ({ agent }) => agent)]
    .map(([agent, group]) => agentRow(agent, group, history.models))
    .sort((a, b) => b.costNano - a.costNano || a.agent.localeCompare(b.agent));
  return { rows, runs };
}

function agentRow(agent: string, runs: readonly JudgedTask[], models: ModelTable): AgentRow {
  const outcomes = countOutcomes(runs);
  const costNano = runs.reduce((sum, run) => sum + run.costNano, 0);
  return {
    agent,
    role: runs[0]?.role ?? agent,
    declaredModel: mostCommon(runs.map((run) => run.askedModel ?? run.resolvedModel)),
    servedModels: tally(runs.map((run) => run.models.at(-1) ?? "unknown")),
    mismatches: runs.filter((run) => isMismatch(run, models)).length,
    efforts: tally(runs.map(({ effort }) => effort ?? "none")),
    runs: runs.length,
    requests: runs.reduce((sum, { requests }) => sum + requests, 0),
    costNano,
    costPerRunNano: runs.length === 0 ? 0 : costNano / runs.length,
    outcomes,
    successRate: wilson(outcomes.accepted, runs.length - outcomes.unknown),
  };
}

/** Asked for X, got Y: the model that the client resolved is not the one that answered all of it. */
function isMismatch(
  { resolvedModel, askedModel, models: served, substituted }: JudgedTask,
  models: ModelTable,
): boolean {
  if (substituted > 0) return true;
  if (resolvedModel !== undefined) {
    const resolved = models.find(resolvedModel)?.id ?? resolvedModel;
    return served.some((model) => model !== resolved);
  }
  const asked = askedModel === undefined ? undefined : models.find(askedModel)?.id;
  return asked !== undefined && served.some((model) => model !== asked);
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function mostCommon(values: readonly (string | undefined)[]): string | null {
  const counts = Object.entries(tally(values.filter((value) => value !== undefined)));
  return counts.sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
