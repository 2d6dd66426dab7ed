import { DAY_MS } from "../domain/calendar.ts";
import { EVIDENCE_DAYS, measureImpact, type Impact } from "../advice/impact.ts";
import type { AgentPlace } from "../agents/locate.ts";
import { type Decision, isFollowed, isOnTrial } from "../domain/decision.ts";
import { readJudged } from "../history/judged.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { replaySessions } from "./replay-evidence.ts";
import { readAdviceLog } from "./advice-log.ts";

/** Results of the advice that was applied. */
export interface ImpactReport {
  /** The latest change first. */
  impacts: readonly Impact[];
  /** Changes that were reverted. */
  reverted: readonly Decision[];
}

/** Returns the time from which on tasks say what became of the advice that is in force at a place; Infinity without any. */
export function impactFrom(place: AgentPlace): number {
  return sinceOf(readAdviceLog(place).map(({ decision }) => decision));
}

function sinceOf(decisions: readonly Decision[]): number {
  return Math.min(...decisions.filter(isFollowed).map(({ at }) => at)) - EVIDENCE_DAYS * DAY_MS;
}

/** Returns the time from which on tasks are evidence for advice that is given at a time. */
export function evidenceFrom(now: number): number {
  return now - EVIDENCE_DAYS * DAY_MS;
}

/** Measures the advice that was applied in this repository or in the user's folder. */
export function readImpact(history: OpenedHistory, now: number): ImpactReport {
  const decisions = decisionsAt(history);
  return {
    impacts: measureFollowed(history, now),
    reverted: decisions.filter(({ step }) => step === "reverted"),
  };
}

/** Reads what the journals say about advice; the demo has none. */
export function decisionsAt({ place, workspace }: OpenedHistory): Decision[] {
  return workspace.demo ? [] : readAdviceLog(place).map(({ decision }) => decision);
}

/** Returns whether a trial is running at the place of a history. Reads no transcripts. */
export function hasTrials(history: OpenedHistory): boolean {
  return decisionsAt(history).some(isOnTrial);
}

/** The latest measurement of an open history: several parts of one run ask for it. */
const measured = new WeakMap<OpenedHistory, { of: string; impacts: Impact[] }>();

/** Measures what is in force, once for the same advice and time. */
export function measureFollowed(history: OpenedHistory, now: number): Impact[] {
  const decisions = decisionsAt(history);
  if (!decisions.some(isFollowed)) return [];
  const of = JSON.stringify([now, decisions.map(({ step, at, recommendation: { id } }) => [id, step, at])]);
  const known = measured.get(history);
  if (known?.of === of) return known.impacts;
  const impacts = measureAll(history, decisions, now);
  measured.set(history, { of, impacts });
  return impacts;
}

function measureAll(history: OpenedHistory, decisions: readonly Decision[], now: number): Impact[] {
  const period = { since: sinceOf(decisions), timezone: "UTC" };
  const replayed = replaySessions(history.store);
  const tasks = readJudged(history, period)
    .flatMap((one) => one.tasks)
    .filter(({ session }) => !replayed.has(session));
  const options = { now, tolerance: history.policy.tolerance / 100, decisions, table: history.models };
  return decisions
    .filter(isFollowed)
    .map((decision) => measureImpact(decision, tasks, options))
    .filter((impact) => impact !== undefined);
}
