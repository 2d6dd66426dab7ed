import { compareText } from "../domain/compare.ts";
import { isAbsolute } from "node:path";
import { countOutcomes, successRateOf } from "../analysis/fallbacks/tiers.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { isFamily } from "../domain/model.ts";
import type { NanoUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import type { Period } from "../domain/period.ts";
import type { Rate } from "../domain/rate.ts";
import type { Outcome } from "../domain/task.ts";
import type { ModelTable } from "../models/resolve.ts";
import { readJudged } from "../history/judged.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import type { Filters } from "../history/filters.ts";
import { loadedAgents, readSetup } from "../client/setup.ts";
import { modifiedAt, readPastModels } from "./agent-file-history.ts";

/** Runs of one agent type that were declared to run on the same model: what served them, what they cost and how they went. */
export interface AgentRow {
  agent: string;
  role: string;
  /**
   * Model that the runs were meant to use: by the call, otherwise by the agent file on this machine as it was then, otherwise the model that
   * the client had chosen when the run began; null if unknown.
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

/** Every agent type and what it was declared to run on, the most expensive first, and the runs behind its numbers. */
export async function readAgentReport(
  history: OpenedHistory,
  period: Period,
  filters: Filters = {},
): Promise<{ rows: AgentRow[]; runs: JudgedTask[] }> {
  const runs = readJudged(history, period, filters)
    .flatMap(({ tasks, warmUps }) => [...tasks, ...warmUps])
    .filter(({ kind }) => kind === "agent-run");
  const written = await readWritten(history, runs);
  const declared = runs.map((run) => ({ run, model: declaredFor(run, written, history.models) }));
  const agents = [...Map.groupBy(declared, ({ run }) => run.agent).values()].map((group) =>
    [...Map.groupBy(group, ({ model }) => model)]
      .map(([model, own]) =>
        agentRow(
          own.map(({ run }) => run),
          model,
          history.models,
        ),
      )
      .toSorted((a, b) => b.costNano - a.costNano),
  );
  const costOf = (rows: readonly AgentRow[]) => sum(rows.map(({ costNano }) => costNano));
  return {
    rows: agents
      .toSorted((a, b) => costOf(b) - costOf(a) || compareText(a[0]?.agent ?? "", b[0]?.agent ?? ""))
      .flat(),
    runs,
  };
}

/** The models that the agents on this machine have of their own, by project and name. */
type Written = ReadonlyMap<string, (time: number) => string | undefined>;

async function readWritten(
  { workspace, place }: OpenedHistory,
  runs: readonly JudgedTask[],
): Promise<Written> {
  const written = new Map<string, (time: number) => string | undefined>();
  for (const [project, own] of Map.groupBy(runs, (run) => run.project))
    for (const claudeDir of workspace.roots) {
      const cwd = isAbsolute(project) ? project : claudeDir;
      for (const { name, model, where } of loadedAgents(
        await readSetup({ cwd, env: place.env, claudeDir }),
      ).values()) {
        if (where === "built-in") continue;
        const since = modifiedAt(where);
        const isOlder = own.some(({ agent, startedAt }) => agent === name && startedAt < since);
        const past = isOlder ? await readPastModels(where, { ...place, cwd }) : () => undefined;
        written.set(`${project} ${name}`, (time) => (time >= since ? model : past(time)));
      }
    }
  return written;
}

/**
 * Returns what a run was meant to run on: the call before the front matter of then before what the client chose, as Claude Code decides
 * (without a forced model). An alias is given as the model that the client took it for.
 */
function declaredFor(run: JudgedTask, written: Written, models: ModelTable): string | undefined {
  const then = written.get(`${run.project} ${run.agent}`)?.(run.startedAt);
  const declared = run.askedModel ?? (then === "inherit" ? undefined : then) ?? run.resolvedModel;
  if (declared === undefined || !isFamily(declared)) return declared;
  const ran = [run.resolvedModel, ...run.models].filter((model) => model !== undefined);
  return ran.find((model) => models.find(model)?.family === declared) ?? declared;
}

function agentRow(runs: readonly JudgedTask[], declared: string | undefined, models: ModelTable): AgentRow {
  const costNano = sum(runs.map((run) => run.costNano));
  const agent = runs[0]?.agent ?? "";
  return {
    agent,
    role: runs[0]?.role ?? agent,
    declaredModel: declared ?? null,
    servedModels: tally(runs.map((run) => run.models.at(-1) ?? "unknown")),
    mismatches: runs.filter((run) => isMismatch(run, declared, models)).length,
    efforts: tally(runs.map(({ effort }) => effort ?? "none")),
    runs: runs.length,
    requests: sum(runs.map(({ requests }) => requests)),
    costNano,
    unpriced: countUnpriced(runs),
    costPerRunNano: costNano / runs.length,
    outcomes: countOutcomes(runs),
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
  return sum(bills.map(({ requests }) => requests));
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
