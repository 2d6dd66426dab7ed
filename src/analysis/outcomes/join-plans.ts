import type { JudgedTask } from "../../domain/judged-task.ts";
import type { SessionAnalysis } from "./session.ts";

/**
 * Returns the analyses with turns accepted whose plan another session carries out: the client writes the approval of a plan that
 * begins with an empty context as a refusal, and hands the plan over in a new session.
 */
export function joinPlans(analyses: readonly SessionAnalysis[]): readonly SessionAnalysis[] {
  const carriers = analyses.flatMap(({ tasks }) =>
    tasks.filter(({ carriesOut }) => carriesOut !== undefined),
  );
  if (carriers.length === 0) return analyses;
  const byPlan = Map.groupBy(carriers, ({ carriesOut }) => carriesOut?.plan);
  const bySession = Map.groupBy(carriers, ({ carriesOut }) => carriesOut?.session);
  const carrierOf = (task: JudgedTask): JudgedTask | undefined =>
    [...(byPlan.get(task.plan) ?? []), ...(bySession.get(task.session) ?? [])].find(
      (other) => other.session !== task.session && other.startedAt >= task.startedAt,
    );
  return analyses.map((analysis) => {
    if (!analysis.tasks.some(isLeftOpen)) return analysis;
    return {
      ...analysis,
      tasks: analysis.tasks.map((task) => joined(task, isLeftOpen(task) ? carrierOf(task) : undefined)),
    };
  });
}

/** Returns true for a turn that ended with a plan, and nothing in its own session shows what became of it. */
export function isLeftOpen({ plan, outcome }: JudgedTask): boolean {
  return plan !== undefined && outcome === "interrupted";
}

function joined(task: JudgedTask, carrier: JudgedTask | undefined): JudgedTask {
  if (!carrier) return task;
  const { file, line, session } = carrier;
  return {
    ...task,
    outcome: "accepted",
    strength: "strong",
    evidence: [{ file, line, why: "its plan was approved and carried out in another session" }],
    carriedOutIn: session,
  };
}
