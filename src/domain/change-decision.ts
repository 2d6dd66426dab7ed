import type { PatchWrite, SimulatedAdvice } from "./simulation.ts";

/** A change that a simulation advises, with what it saves in dollars in 30 days. */
export interface ChangeAdvice extends SimulatedAdvice {
  /** Its kind, with the sign that it is about. */
  id: string;
  savingsUsdPerMonth: { low: number; mid: number; high: number };
}

/** The user's decision about a change; the latest one counts. */
export type ChangeStep = "applied" | "reverted" | "dismissed";

/** A decision about a change. */
export interface ChangeDecision {
  id: string;
  step: ChangeStep;
  /** ms since the epoch. */
  at: number;
  /** As it was when it was decided on: its numbers are what impact compares with. */
  advice: ChangeAdvice;
  /** Place of the files that were written: the project's folder or the user's configuration folder; empty for a dismissed change. */
  level: "project" | "user";
  root: string;
  writes: readonly PatchWrite[];
}

/** Returns whether a change can be followed without a trial. */
export function isSafe({ risk, isTrial, patch }: ChangeAdvice): boolean {
  return !isTrial && (risk === "none" || risk === "low") && patch.some(({ type }) => type !== "manual");
}
