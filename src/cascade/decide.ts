import type { AttemptCause, Failure } from "../domain/attempt.ts";
import type { NanoUsd } from "../domain/money.ts";
import { FAILURE_RULES } from "../executor/classify.ts";

/** What one attempt of a cascade came to. */
export type Verdict =
  /** The check passed. */
  | { kind: "accepted" }
  /** The client ended its work, and the check did not pass. `output` is what the check printed. */
  | { kind: "rejected"; reason: string; output: string; fingerprint: string }
  /** Still at work when the rung's time was up. */
  | { kind: "late"; reason: string }
  | { kind: "refused"; reason: string }
  | { kind: "failed"; failure: Failure; status?: number; reason: string }
  /** The client stopped at the limit in dollars. */
  | { kind: "broke"; reason: string }
  | { kind: "aborted"; reason: string };

/** An attempt as far as what comes next depends on it. */
export interface Settled {
  rung: number;
  verdict: Verdict;
  costNano: NanoUsd;
}

export interface CascadeRules {
  /** How many models the ladder has. */
  rungs: number;
  /** Attempts on one rung before the next one's turn. */
  tries: number;
  /** No attempt is begun once this is spent. */
  maxNano?: NanoUsd;
}

/**
 * Why a cascade ended without a winner: no rung passed the check, the budget is spent, a higher rung would fail in the
 * same way, or it was stopped.
 */
export type CascadeStop = "exhausted" | "budget" | "failed" | "aborted";

export type Move =
  | { kind: "try"; rung: number; cause: AttemptCause }
  | { kind: "won" }
  | { kind: "stop"; stop: CascadeStop };

/**
 * What to do after these attempts. A rung that fails the check is tried again until its tries are used up or it goes in
 * a circle; then the next rung takes over. A model that is not there, or declines, is passed over at once. Never down.
 */
export function decide(rules: CascadeRules, attempts: readonly Settled[]): Move {
  const last = attempts.at(-1);
  if (last?.verdict.kind === "accepted") return { kind: "won" };
  if (last?.verdict.kind === "aborted") return { kind: "stop", stop: "aborted" };
  const spent = attempts.reduce((sum, { costNano }) => sum + costNano, 0);
  if (last?.verdict.kind === "broke" || (rules.maxNano !== undefined && spent >= rules.maxNano))
    return { kind: "stop", stop: "budget" };
  if (!last) return { kind: "try", rung: 0, cause: "first" };
  if (last.verdict.kind === "failed" && !FAILURE_RULES[last.verdict.failure].walk)
    return { kind: "stop", stop: "failed" };
  if (deservesAnotherTry(rules, attempts, last)) return { kind: "try", rung: last.rung, cause: "retry" };
  if (last.rung + 1 >= rules.rungs) return { kind: "stop", stop: "exhausted" };
  const unavailable = last.verdict.kind === "failed" || last.verdict.kind === "refused";
  return { kind: "try", rung: last.rung + 1, cause: unavailable ? "fallback" : "escalation" };
}

function deservesAnotherTry(rules: CascadeRules, attempts: readonly Settled[], last: Settled): boolean {
  const { verdict, rung } = last;
  if (verdict.kind !== "rejected") return false;
  const used = attempts.filter((attempt) => attempt.rung === rung).length;
  const circle = attempts.some(
    (attempt) =>
      attempt !== last &&
      attempt.verdict.kind === "rejected" &&
      attempt.verdict.fingerprint === verdict.fingerprint,
  );
  return used < rules.tries && !circle;
}
