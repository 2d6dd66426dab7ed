import type { Assign } from "../analysis/savings/savings.ts";
import { type Effort, isFamily } from "../domain/model.ts";
import type { Policy } from "../domain/policy.ts";

/** Returns what each role would run on under a policy; the main thread too, with opusplan by its plan mode. */
export function assignBy(policy: Policy): Assign {
  return ({ role, planMode }) => {
    const assignment = policy.roles.get(role);
    if (role !== "main" && assignment && assignment.model !== "inherit")
      return assignmentFor(assignment.model, assignment.effort, planMode);
    if (role === "main" || assignment) return assignmentFor(policy.main.model, policy.main.effort, planMode);
    return undefined;
  };
}

/** Returns what a model as a policy names it stands for; opusplan by plan mode. */
export function assignmentFor(
  model: string,
  effort: Effort | undefined,
  planMode: boolean,
): ReturnType<Assign> {
  const plain = model.replace(/\[1m\]$/, "");
  const alias = plain === "opusplan" ? (planMode ? "opus" : "sonnet") : (ALIASES[plain] ?? plain);
  return { ...(isFamily(alias) ? { tier: alias } : { model: plain }), ...(effort && { effort }) };
}

const ALIASES: Readonly<Record<string, string>> = { best: "opus", default: "opus" };
