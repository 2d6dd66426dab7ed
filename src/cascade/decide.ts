import type { AttemptCause, Failure } from "../domain/attempt.ts";
import type { NanoUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";

/** The end of one attempt of a cascade. A `reason` is made of rolecall's own words and is stored; a `detail` is not. */
export type CascadeVerdict =
  /** The check passed. */
  | { kind: "accepted" }
  /** The client ended its work, and the check failed. `output` is what the check printed. */
  | { kind: "rejected"; reason: string; output: string; fingerprint: string }
  /** Still working when the attempt's time was up, and the check failed. */
  | { kind: "late"; reason: string }
  | { kind: "refused"; reason: string; detail: string }
  | { kind: "failed"; failure: Failure; status?: number; reason: string; detail: string }
  /** The client stopped at the limit in dollars, and the check failed. */
  | { kind: "over-budget"; reason: string }
  | { kind: "aborted"; reason: string };

/** An attempt as far as it decides what comes next. */
export interface JudgedAttempt {
  /** Index of its step. */
  step: number;
  verdict: CascadeVerdict;
  /** Undefined if the client gave no count and the model has no known price. */
  costNano: NanoUsd | undefined;
}

export interface CascadeRules {
  /** Number of steps of the ladder. */
  steps: number;
  /** Attempts on one step before the next step's turn. */
  tries: number;
  /** No attempt begins once this is spent. */
  maxNano?: NanoUsd;
}

/**
 * The reason why a cascade ended without a winner: no step passed the check, the budget is spent, a higher step would fail in the same way,
 * or it was stopped.
 */
export type CascadeStop = "exhausted" | "budget" | "failed" | "aborted";

export type Move =
  | { kind: "try"; step: number; cause: AttemptCause }
  | { kind: "won" }
  | { kind: "stop"; stop: CascadeStop };

/** Failures of one model, or of the moment: the next model may answer. */
const PASSED_OVER: ReadonlySet<Failure> = new Set([
  "rate-limited",
  "overloaded",
  "server",
  "timeout",
  "connection",
  "conflict",
  "model-not-found",
]);

/**
 * Decides what to do after these attempts. A step that fails the check is tried again until its tries are used up or it
 * repeats a change; then the next step takes over. A model that is not available, or declines, is passed over at once.
 * The ladder is never climbed down.
 */
export function decide(rules: CascadeRules, attempts: readonly JudgedAttempt[]): Move {
  const last = attempts.at(-1);
  if (last?.verdict.kind === "accepted") return { kind: "won" };
  if (last?.verdict.kind === "aborted") return { kind: "stop", stop: "aborted" };
  if (last?.verdict.kind === "over-budget" || isSpent(rules, attempts))
    return { kind: "stop", stop: "budget" };
  if (!last) return { kind: "try", step: 0, cause: "first" };
  if (last.verdict.kind === "failed" && !PASSED_OVER.has(last.verdict.failure))
    return { kind: "stop", stop: "failed" };
  if (deservesAnotherTry(rules, attempts, last)) return { kind: "try", step: last.step, cause: "retry" };
  if (last.step + 1 >= rules.steps) return { kind: "stop", stop: "exhausted" };
  const unavailable = last.verdict.kind === "failed" || last.verdict.kind === "refused";
  return { kind: "try", step: last.step + 1, cause: unavailable ? "fallback" : "escalation" };
}

/** Under a limit, an attempt of unknown cost may have spent all of it. */
function isSpent({ maxNano }: CascadeRules, attempts: readonly JudgedAttempt[]): boolean {
  if (maxNano === undefined) return false;
  const spent = sum(attempts.map(({ costNano = Infinity }) => costNano));
  return spent >= maxNano;
}

function deservesAnotherTry(
  rules: CascadeRules,
  attempts: readonly JudgedAttempt[],
  last: JudgedAttempt,
): boolean {
  const { verdict, step } = last;
  if (verdict.kind !== "rejected") return false;
  const used = attempts.filter((attempt) => attempt.step === step).length;
  const repeats = attempts.some(
    (attempt) =>
      attempt !== last &&
      attempt.verdict.kind === "rejected" &&
      attempt.verdict.fingerprint === verdict.fingerprint,
  );
  return used < rules.tries && !repeats;
}
