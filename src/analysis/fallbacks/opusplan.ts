import type { NanoUsd } from "../../domain/money.ts";
import type { Switch } from "../../domain/switch.ts";
import type { ModelTable } from "../../models/resolve.ts";
import type { SessionInput } from "../../domain/session-input.ts";
import { readSteps } from "../outcomes/plan-mode.ts";
import { tierOf } from "./switches.ts";

/** The division of work in a session that uses opusplan. */
export interface PlanningShare {
  /** Requests and cost in plan mode and outside it, by tier. */
  planned: Record<"opus" | "sonnet", Side>;
  /** Requests and cost outside plan mode, by tier. */
  executed: Record<"opus" | "sonnet", Side>;
}

/** Requests and their cost. */
export interface Side {
  /** Number of requests. */
  requests: number;
  /** Cost in nano-dollars. */
  costNano: NanoUsd;
}

/** Only for sessions in which opusplan was seen to switch; others may use any model in any mode on purpose. */
export function accountPlanning(
  input: SessionInput,
  switches: readonly Switch[],
  models: ModelTable,
): PlanningShare | undefined {
  if (!switches.some(({ cause }) => cause === "plan-mode")) return undefined;
  const share: PlanningShare = { planned: sides(), executed: sides() };
  for (const thread of input.threads) {
    if (thread.agentId !== undefined) continue;
    const rows = thread.requests.toSorted((a, b) => a.line - b.line);
    const steps = readSteps(thread, rows);
    rows.forEach((row, index) => {
      const tier = tierOf(models, row.model);
      if (row.copied || row.part || (tier !== "opus" && tier !== "sonnet")) return;
      const side = (steps[index]?.planning ? share.planned : share.executed)[tier];
      side.requests++;
      side.costNano += row.costNano ?? 0;
    });
  }
  return share;
}

function sides(): Record<"opus" | "sonnet", Side> {
  return { opus: { requests: 0, costNano: 0 }, sonnet: { requests: 0, costNano: 0 } };
}
