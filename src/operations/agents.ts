import { compareText } from "../domain/compare.ts";
import { statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { countOutcomes, successRateOf } from "../analysis/fallbacks/tiers.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { isFamily } from "../domain/model.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import type { Rate } from "../domain/rate.ts";
import type { Outcome } from "../domain/task.ts";
import type { ModelTable } from "../models/resolve.ts";
import { readJudged } from "../history/judged.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import type { Filters } from "../history/filters.ts";
import { loadedAgents, readSetup } from "../client/setup.ts";

/** One agent type: what it was declared to run on, what served it, what it cost and how it went. */
export interface AgentRow {
  agent: string;
  role: string;
  /**
   * Model that most runs were meant to use: by the call, otherwise by the agent file on this machine, otherwise the model that the client
   * had chosen when the run began; null if unknown.
   */
  declaredModel: string | null;
  /** Runs by the canonical id of the model that answered last. */
  servedModels: Record<string, number>;
  /** Runs that another model answered, at least in part. */
  mismatches: number;
  efforts: Record<string, number>;
  runs: number;
  requests: number;
  costNano: NanoUsd;
  /** Requests without a known price. */
  unpriced: number;
  costPerRunNano: NanoUsd;
  outcomes: Record<Outcome, number>;
  successRate: Rate;
}

/** Every agent type, most expensive first, and the runs behind its numbers. */
export async function readAgentReport(
  history: OpenedHistory,
  period: Period,
  filters: Filters = {},
): Promise<{ rows: AgentRow[]; runs: JudgedTask[] }> {
  const runs = readJudged(history, period, filters)
    .flatMap(({ tasks, warmUps }) => [...tasks, ...warmUps])
    .filter(({ kind }) => kind === "agent-run");
  const written = await readWritten(history, new Set(runs.map(({ project }) => project)));
  const rows = [...Map.groupBy(runs, ({ agent }) => agent)]
    .map(([agent, group]) => agentRow(agent, group, written, history.models))
    .sort((a, b) => b.costNano - a.costNano || compareText(a.agent, b.agent));
  return { rows, runs };
}

/** A model in an agent file, and since when the file says so. */
interface WrittenModel {
  model: string;
  /** ms since the epoch. */
  since: number;
}

/** The models that the agents on this machine have of their own today, by project and name. */
type Written = ReadonlyMap<string, WrittenModel>;

async function readWritten(
  { workspace, place }: OpenedHistory,
  projects: ReadonlySet<string>,
): Promise<Written> {
  const written = new Map<string, WrittenModel>();
  for (const project of projects)
    for (const claudeDir of workspace.roots) {
      const cwd = isAbsolute(project) ? project : claudeDir;
      const agents = loadedAgents(await readSetup({ cwd, env: place.env, claudeDir }));
      for (const { name, model, where } of agents.values())
        if (where !== "built-in" && model !== undefined && model !== "inherit")
          written.set(`${project} ${name}`, { model, since: modifiedAt(where) });
    }
  return written;
}

/**
 * Returns what a run was meant to run on: the call before the front matter before what the client chose, as Claude Code decides (without
 * a forced model). A file that changed after the run says nothing about it.
 */
function declaredFor(run: JudgedTask, written: Written): string | undefined {
  const file = written.get(`${run.project} ${run.agent}`);
  const then = file && file.since <= run.startedAt ? file.model : undefined;
  return run.askedModel ?? then ?? run.resolvedModel ?? file?.model;
}

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function agentRow(
  agent: string,
  runs: readonly JudgedTask[],
  written: Written,
  models: ModelTable,
): AgentRow {
  const outcomes = countOutcomes(runs);
  const costNano = runs.reduce((sum, run) => sum + run.costNano, 0);
  return {
    agent,
    role: runs[0]?.role ?? agent,
    declaredModel: mostCommon(runs.map((run) => declaredFor(run, written))),
    servedModels: tally(runs.map((run) => run.models.at(-1) ?? "unknown")),
    mismatches: runs.filter((run) => isMismatch(run, declaredFor(run, written), models)).length,
    efforts: tally(runs.map(({ effort }) => effort ?? "none")),
    runs: runs.length,
    requests: runs.reduce((sum, { requests }) => sum + requests, 0),
    costNano,
    unpriced: countUnpriced(runs),
    costPerRunNano: runs.length === 0 ? 0 : costNano / runs.length,
    outcomes,
    successRate: successRateOf(runs),
  };
}

/**
 * Asked for X, got Y: another model answered than the client had chosen, or it had chosen another family than call or
 * front matter ask for (a forced model).
 */
function isMismatch(run: JudgedTask, declared: string | undefined, models: ModelTable): boolean {
  if (run.substituted > 0) return true;
  const resolved = run.resolvedModel && (models.find(run.resolvedModel)?.id ?? run.resolvedModel);
  if (resolved !== undefined && run.models.some((model) => model !== resolved)) return true;
  const wanted =
    declared !== undefined && isFamily(declared) ? declared : models.find(declared ?? "")?.family;
  return wanted !== undefined && run.models.some((model) => models.find(model)?.family !== wanted);
}

function countUnpriced(runs: readonly JudgedTask[]): number {
  const bills = runs.flatMap((run) => run.bills.filter(({ costNano }) => costNano === undefined));
  return bills.reduce((sum, { requests }) => sum + requests, 0);
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
