import { joinPlans } from "../analysis/outcomes/join-plans.ts";
import type { SessionAnalysis } from "../analysis/outcomes/session.ts";
import { sumTokens } from "../analysis/savings/bills.ts";
import { modelMatcher, pathMatcher } from "../domain/name-pattern.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { Period } from "../domain/period.ts";
import { type HandOutcome, readHandOutcomes } from "../store/hand-outcomes.ts";
import { readAnalyses } from "./analyze.ts";
import { readChecks } from "./checked-sessions.ts";
import { keepLast } from "./keep-last.ts";
import { type OpenedHistory, roleName } from "./open-history.ts";
import { type Filters, projectName } from "./filters.ts";

/** The judgements of a period as the filters let them through, with roles as the policy names them. */
export function readJudged(history: OpenedHistory, period: Period, filters: Filters = {}): SessionAnalysis[] {
  if ((period.since ?? 0) < history.report.tasksFrom)
    throw new Error("the events of these tasks were not read");
  return readOnce(history.store, [period.since, period.until, history.accounts, filters], () => {
    const project = filters.project === undefined ? undefined : pathMatcher(filters.project);
    const byHand = new Map(readHandOutcomes(history.store).map((outcome) => [outcome.task, outcome]));
    return joinPlans(readAnalyses(history, period))
      .map(readChecks(history.store, period))
      .map((analysis) => ({ ...analysis, project: projectName(analysis.project) }))
      .filter((analysis) => !project || project(analysis.project))
      .map((analysis) => narrowed(withRoles(analysis, history, byHand, filters.evidence), filters));
  });
}

const readOnce = keepLast<SessionAnalysis[]>();

function withRoles(
  analysis: SessionAnalysis,
  { policy }: OpenedHistory,
  byHand: ReadonlyMap<string, HandOutcome>,
  evidence: Filters["evidence"],
): SessionAnalysis {
  return {
    ...analysis,
    tasks: analysis.tasks.map((task) => ({
      ...overruled(evidence === "strong" ? withoutWeak(task) : task, byHand.get(task.key)),
      role: roleName(policy, task.agent),
    })),
  };
}

function withoutWeak(task: JudgedTask): JudgedTask {
  return task.strength === "weak" ? { ...task, outcome: "unknown" } : task;
}

/** Returns a task with the outcome that the user gave, if any; the evidence stays below it. */
export function overruled(task: JudgedTask, said: HandOutcome | undefined): JudgedTask {
  if (!said) return task;
  const why = `marked ${said.verdict} by hand`;
  return {
    ...task,
    outcome: said.verdict === "good" ? "accepted" : "failed",
    strength: "strong",
    evidence: [{ file: task.file, line: task.line, why }, ...task.evidence],
  };
}

function taskFilter({ agent, role }: Filters): (task: JudgedTask) => boolean {
  return (task) =>
    (agent === undefined || task.agent === agent) && (role === undefined || task.role === role);
}

/**
 * Leaves of a task what ran on some models; undefined when none of them answered. A model that only declined, or advised, is billed
 * with an answer of another, and makes up no task.
 */
function onModels(task: JudgedTask, matches: (model: string) => boolean): JudgedTask | undefined {
  const models = task.models.filter(matches);
  if (models.length === 0) return undefined;
  if (models.length === task.models.length && task.bills.every(({ model }) => matches(model))) return task;
  const bills = task.bills.filter(({ model }) => matches(model));
  if (bills.length === 0) return undefined;
  const costNano = bills.reduce((sum, bill) => sum + (bill.costNano ?? 0), 0);
  return {
    ...task,
    bills,
    models,
    requests: bills.reduce((sum, bill) => sum + bill.requests, 0),
    tokens: sumTokens(bills),
    costNano,
    fullCostNano: costNano,
  };
}

/** Leaves what the filters let through: tasks, and what happened in their threads or on the models meant. */
function narrowed(analysis: SessionAnalysis, filters: Filters): SessionAnalysis {
  const { model, agent, role } = filters;
  if (model === undefined && agent === undefined && role === undefined) return analysis;
  const matches = model === undefined ? undefined : modelMatcher(model);
  const narrow = (all: readonly JudgedTask[]): JudgedTask[] =>
    all.filter(taskFilter(filters)).flatMap((task) => (matches ? (onModels(task, matches) ?? []) : task));
  const tasks = narrow(analysis.tasks);
  const threads = new Set(tasks.map(({ agentId }) => agentId ?? "main"));
  const inside = <Item extends { thread: string }>(items: readonly Item[]): Item[] =>
    items.filter(({ thread }) => threads.has(thread));
  const on = <Item extends { thread: string; model: string }>(items: readonly Item[]): Item[] =>
    inside(items).filter((item) => !matches || matches(item.model));
  return {
    ...analysis,
    tasks,
    warmUps: narrow(analysis.warmUps),
    switches: inside(analysis.switches),
    retries: inside(analysis.retries),
    failures: inside(analysis.failures),
    substitutions: inside(analysis.substitutions),
    cold: on(analysis.cold),
    refusals: on(analysis.refusals),
    unattached: [],
  };
}
