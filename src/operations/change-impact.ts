import { DAY_MS } from "../domain/calendar.ts";
import { BEFORE_DAYS } from "../advice/impact.ts";
import { ledgerRows } from "../analysis/ledger/rows.ts";
import { pricesOfThen } from "../analysis/simulate/cost.ts";
import { dollars, MEASURES, type MeasuredPart, promptsIn } from "../analysis/simulate/measures.ts";
import { toSteps } from "../analysis/simulate/steps.ts";
import type { ChangeDecision } from "../domain/change-decision.ts";
import type { LedgerThread } from "../domain/ledger-input.ts";
import { projectName } from "../history/filters.ts";
import { remember } from "../history/ledger-answers.ts";
import { readLedgerThreads } from "../history/ledger-threads.ts";
import { updateLedgers } from "../history/ledgers.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { readChangeDecisions } from "../store/change-decisions.ts";
import { isInForce } from "./follow-change.ts";

/** The result of a change: the number that it is for got better, did not move, got worse, or it is too early. */
export type ChangeVerdict = "held" | "fell-short" | "nothing" | "backfired" | "too-early";

/** The number that a change is for, with the prompts that it was measured on. */
export interface MeasuredSide {
  /** Null where there was nothing to measure it on. */
  value: number | null;
  prompts: number;
  /** Of a prompt of the main threads, on average. */
  usdPerPrompt: number | null;
}

/** The measured effect of a change that was applied. */
export interface ChangeImpact {
  decision: ChangeDecision;
  /** Whether its writes are still in place. */
  isInForce: boolean;
  /** The number to look at. */
  name: string;
  /** In the 60 days before it, and since. */
  before: MeasuredSide;
  after: MeasuredSide;
  verdict: ChangeVerdict;
}

/** Days and prompts that are enough evidence: the first to be reached counts. */
const ENOUGH_DAYS = 14;
const ENOUGH_PROMPTS = 100;

/** Measures every change that was applied and not reverted, the latest first. */
export function readChangeImpacts(history: OpenedHistory, now: number): ChangeImpact[] {
  const decisions = readChangeDecisions(history.store).filter(({ step }) => step === "applied");
  if (decisions.length === 0) return [];
  const earliest = Math.min(...decisions.map(({ at }) => at));
  updateLedgers(history.store, history.models, earliest - BEFORE_DAYS * DAY_MS);
  const day = Math.floor(now / DAY_MS);
  const measured = remember(
    history,
    ["impact", day, decisions.map(({ id, at, root }) => [id, at, root])],
    () => {
      const threads = readLedgerThreads(history.store, history.accounts);
      return decisions.map((decision) => measureChange(decision, threads, history));
    },
  );
  return decisions
    .map((decision, index): ChangeImpact => {
      const { before, after } = measured[index] as Pick<ChangeImpact, "before" | "after">;
      return {
        decision,
        isInForce: isInForce(decision),
        name: MEASURES[decision.advice.kind].name,
        before,
        after,
        verdict: verdictOf(before, after, (now - decision.at) / DAY_MS),
      };
    })
    .toReversed();
}

function measureChange(
  { at, advice, level, root }: ChangeDecision,
  threads: readonly LedgerThread[],
  { models }: OpenedHistory,
): Pick<ChangeImpact, "before" | "after"> {
  const concerned =
    level === "user" ? threads : threads.filter(({ project }) => project === projectName(root));
  const pricing = pricesOfThen(models);
  const partOf = (since: number, until: number): MeasuredPart => ({
    pricing,
    threads: concerned.map((thread) =>
      toSteps(thread, ledgerRows(thread, models), (request) => request.at >= since && request.at < until),
    ),
  });
  const side = (part: MeasuredPart): MeasuredSide => {
    const prompts = promptsIn(part);
    return {
      value: MEASURES[advice.kind].of(part, advice) ?? null,
      prompts,
      usdPerPrompt: prompts > 0 ? dollars(part) / prompts : null,
    };
  };
  return { before: side(partOf(at - BEFORE_DAYS * DAY_MS, at)), after: side(partOf(at, Infinity)) };
}

/** Changes of the number, as shares of what it was: enough to have held, and too little to be one. */
const HELD = 0.2;
const NOTHING = 0.05;

function verdictOf(before: MeasuredSide, after: MeasuredSide, days: number): ChangeVerdict {
  if (days < ENOUGH_DAYS && after.prompts < ENOUGH_PROMPTS) return "too-early";
  if (before.value === null || after.value === null || before.value === 0) return "too-early";
  const gone = 1 - after.value / before.value;
  if (gone >= HELD) return "held";
  if (gone > NOTHING) return "fell-short";
  return gone >= -NOTHING ? "nothing" : "backfired";
}
