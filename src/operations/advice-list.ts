import { type ChangeAdvice, isSafe } from "../domain/change-decision.ts";
import type { CostCauses } from "../domain/cost-causes.ts";
import type { Period } from "../domain/period.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import { expectOneOf } from "../domain/nearest.ts";
import { UsageError } from "../errors.ts";
import { type Filters, toWhere } from "../history/filters.ts";
import { refreshLedgers } from "../history/ledgers-due.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { readChangeDecisions, writeChangeDecisions } from "../store/change-decisions.ts";
import { sumSpend } from "../store/spend-sums.ts";
import {
  isOfRole,
  joinAdvice,
  type OpenAdvice,
  readAdviceAtHand,
  requestOf,
  settledHere,
} from "./advice-at-hand.ts";
import type { ChangeImpact } from "./change-impact.ts";
import { readAdvice } from "./recommend.ts";
import { readSimulation, type SimulationRequest } from "./simulated-savings.ts";

/** All advice of a period, and what became of earlier advice. */
export interface AdviceList extends OpenAdvice {
  /** Changes that are in force: what came of them so far. */
  followingChanges: readonly ChangeImpact[];
  /** Cost of the period by cause; only if there is no advice. */
  causes: CostCauses | null;
  /** The period that is usual gives other advice. */
  differsFromUsual?: boolean;
}

/** Reads the advice on outcomes and the changes that simulations advise as one list. */
export async function readAdviceList(
  history: OpenedHistory,
  period: Period,
  now: number,
  filters: Filters = {},
): Promise<AdviceList> {
  const report = readAdvice(history, period, now, filters);
  await refreshLedgers(history.store, history.models, period.since);
  const request = requestOf(period, now, filters);
  const simulation = isOfRole(filters)
    ? undefined
    : readSimulation(history, request, settledHere(history, report));
  const list = joinAdvice(history, report, simulation);
  const isEmpty = list.changes.length === 0 && list.recommendations.length === 0;
  return {
    ...list,
    followingChanges: await readFollowed(history, now),
    causes: isEmpty ? await readCauses(history, request) : null,
  };
}

// What these need takes a while to load, and few lists need it.

async function readFollowed(history: OpenedHistory, now: number): Promise<ChangeImpact[]> {
  if (!readChangeDecisions(history.store).some(({ step }) => step === "applied")) return [];
  const { readChangeImpacts } = await import("./change-impact.ts");
  return readChangeImpacts(history, now).filter(({ isInForce }) => isInForce);
}

async function readCauses(history: OpenedHistory, request: SimulationRequest): Promise<CostCauses> {
  const { readWhy } = await import("./why.ts");
  return readWhy(history, { ...request, onlyCauses: true }).causes;
}

/**
 * Returns whether another period, the one that is usual, gives other advice than a list. Only what is known or cheap is compared, as in
 * `readAdviceAtHand`; false if that period has no task.
 */
export async function differsFromUsual(
  history: OpenedHistory,
  list: OpenAdvice,
  { period, usual, now, filters }: { period: Period; usual: Period; now: number; filters: Filters },
): Promise<boolean> {
  if (period.since === usual.since && period.until === usual.until) return false;
  if (readAdvice(history, usual, now, filters).tasks === 0) return false;
  const [spent] = sumSpend(history.store, [], usual, toWhere(history, filters));
  const other = await readAdviceAtHand(history, usual, now, filters, spent?.requests ?? 0);
  return other !== undefined && idsOf(other) !== idsOf(list);
}

function idsOf({ recommendations, changes }: OpenAdvice): string {
  return [...recommendations, ...changes]
    .map(({ id }) => id)
    .toSorted()
    .join(" ");
}

/** Advice that was named: changes, those among them that are trials, and the ids of the rest. */
export interface PickedAdvice {
  changes: readonly ChangeAdvice[];
  trials: readonly ChangeAdvice[];
  others: readonly string[];
}

/** Separates the changes among named advice, and their trials, from the rest. `all-act` stands for every change without a trial and with little risk as well. */
export function pickChanges({ changes }: Pick<AdviceList, "changes">, ids: readonly string[]): PickedAdvice {
  const isNamed = (change: ChangeAdvice) =>
    ids.includes(change.id) || (ids.includes("all-act") && isSafe(change));
  return {
    changes: changes.filter((change) => isNamed(change) && !change.isTrial),
    trials: changes.filter((change) => isNamed(change) && change.isTrial),
    others: ids.filter((id) => !changes.some((change) => change.id === id)),
  };
}

/** One piece of advice of either kind. */
export type AdviceEntry = { change: ChangeAdvice } | { recommendation: Recommendation };

/** Returns the one piece of advice of an id. Throws UsageError for an unknown id. */
export function pickOne(list: AdviceList, id: string): AdviceEntry {
  const change = list.changes.find((one) => one.id === id);
  if (change) return { change };
  const recommendation = list.recommendations.find((one) => one.id === id);
  if (recommendation) return { recommendation };
  const ids = [...list.changes, ...list.recommendations].map((one) => one.id);
  throw new UsageError(`recommend: unknown ID "${id}"`, {
    hint: ids.length > 0 ? expectOneOf(id, ids) : "Nothing is recommended now.",
  });
}

/** Remembers that changes are not wanted. */
export function dismissChanges({ store }: OpenedHistory, changes: readonly ChangeAdvice[], at: number): void {
  writeChangeDecisions(
    store,
    changes.map((advice) => ({
      id: advice.id,
      step: "dismissed",
      at,
      advice,
      level: "user",
      root: "",
      writes: [],
    })),
  );
}
