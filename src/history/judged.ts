import { joinPlans } from "../analysis/outcomes/join-plans.ts";
import type { SessionAnalysis } from "../analysis/outcomes/session.ts";
import { globMatcher } from "../domain/glob.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import type { Period } from "../domain/period.ts";
import { type HandOutcome, readHandOutcomes } from "../store/hand-outcomes.ts";
import { readAnalyses } from "./analyze.ts";
import { readChecks } from "./checked-sessions.ts";
import { type History, roleName } from "./open-history.ts";
import { type Filters, projectName } from "./filters.ts";

/** The judgements of a period as the filters let them through, with roles as the policy names them. */
export function readJudged(history: History, period: Period, filters: Filters = {}): SessionAnalysis[] {
  const project = filters.project === undefined ? undefined : globMatcher(filters.project);
  const keepTask = taskFilter(filters);
  const byHand = new Map(readHandOutcomes(history.store).map((outcome) => [outcome.task, outcome]));
  return joinPlans(readAnalyses(history.store, history.models, period))
    .map(readChecks(history.store, period))
    .map((analysis) => ({ ...analysis, project: projectName(analysis.project) }))
    .filter((analysis) => !project || project(analysis.project))
    .map((analysis) => narrowed(withRoles(analysis, history, byHand, filters.evidence), keepTask, filters));
}

function withRoles(
  analysis: SessionAnalysis,
  { policy }: History,
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

/** What the user said of a task counts instead of what was inferred; the evidence stays below it. */
function overruled(task: JudgedTask, said: HandOutcome | undefined): JudgedTask {
  if (!said) return task;
  const why = `marked ${said.verdict} by hand`;
  return {
    ...task,
    outcome: said.verdict === "good" ? "accepted" : "failed",
    strength: "strong",
    evidence: [{ file: task.file, line: task.line, why }, ...task.evidence],
  };
}

function taskFilter({ model, agent, role }: Filters): (task: JudgedTask) => boolean {
  const matches = model === undefined ? undefined : globMatcher(model);
  return (task) =>
    (!matches || task.models.some(matches)) &&
    (agent === undefined || task.agent === agent) &&
    (role === undefined || task.role === role);
}

/** With a filter on tasks, only what happened in the threads of tasks that pass it is left. */
function narrowed(
  analysis: SessionAnalysis,
  keep: (task: JudgedTask) => boolean,
  filters: Filters,
): SessionAnalysis {
  if (filters.model === undefined && filters.agent === undefined && filters.role === undefined)
    return analysis;
  const tasks = analysis.tasks.filter(keep);
  const threads = new Set(tasks.map(({ agentId }) => agentId ?? "main"));
  const inside = <Item extends { thread: string }>(items: readonly Item[]): Item[] =>
    items.filter(({ thread }) => threads.has(thread));
  return {
    ...analysis,
    tasks,
    switches: inside(analysis.switches),
    retries: inside(analysis.retries),
    failures: inside(analysis.failures),
    substitutions: inside(analysis.substitutions),
    unattached: [],
  };
}
