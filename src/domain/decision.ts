import type { Recommendation } from "./recommendation.ts";

/** A value in a file that advice changes; lists are of texts. */
export type AdviceValue = string | number | boolean | null | readonly string[];

/** One key that applying advice changes in one file; null is absent. */
export interface AdviceKey {
  /** Relative to the target's root, with `/`. */
  path: string;
  /** From the outermost object inwards. */
  key: readonly string[];
  before: AdviceValue;
  after: AdviceValue;
}

/** A record of advice that was applied or reverted, as the journal of a repository keeps it. */
export interface AdviceRecord {
  step: "applied" | "reverted";
  /** As it was when it was applied: its forecast is what impact compares with. */
  recommendation: Recommendation;
  keys: readonly AdviceKey[];
  /** Reason why a trial was reverted. */
  why?: string;
  /** End of a trial that was kept, ISO, and the reason. */
  kept?: { at: string; why: string };
}

/** The state of a piece of advice; the latest step counts. */
export type DecisionStep = "applied" | "kept" | "reverted" | "dismissed";

/** A piece of advice, and what the user did with it. */
export interface Decision {
  /** The latest step. */
  step: DecisionStep;
  /** Time at which it was applied, reverted or dismissed, in ms since the epoch. */
  at: number;
  /** The advice, as it was then. */
  recommendation: Recommendation;
  /** Reason for the end of a trial. */
  why?: string;
}

export function isFollowed({ step }: Decision): boolean {
  return step === "applied" || step === "kept";
}

/** Returns whether a decision is a trial that has not ended. */
export function isOnTrial({ step, recommendation }: Decision): boolean {
  return step === "applied" && recommendation.trial !== undefined;
}
