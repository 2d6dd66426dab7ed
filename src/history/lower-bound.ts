import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { ratesFor } from "../models/price.ts";
import { type FirstCounts, readFirstCounts, sumFinished, type WrittenTotal } from "../store/written.ts";
import { type Filters, matchesWhere, toWhere } from "./filters.ts";
import { keepLast } from "./keep-last.ts";
import type { OpenedHistory } from "./open-history.ts";
import { termsOf } from "./pricing.ts";

/** The output of a period that was not recorded (docs/definitions.md, Cost). */
export interface LowerBound {
  /** Answers that hold less than they wrote: the count that their stream began with. */
  requests: number;
  /** Tokens recorded of them, and what they are likely to have had. */
  output: number;
  /** Output tokens that they are likely to have had. */
  estimatedOutput: number;
  /** Cost of the difference; it is in no other amount. */
  estimatedNano: NanoUsd;
}

/** Estimates the output that was not recorded in a period, or in some sessions of it; undefined when nothing is missing. */
export function findLowerBound(
  history: OpenedHistory,
  period: Period,
  filters: Filters = {},
  sessions?: readonly string[],
): LowerBound | undefined {
  const { since, until } = period;
  return estimateOnce(history.store, [since, until, history.accounts, filters, sessions?.join(" ")], () =>
    estimateMissing(history, period, filters, sessions && new Set(sessions)),
  );
}

const estimateOnce = keepLast<LowerBound | undefined>();

function estimateMissing(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
  sessions: ReadonlySet<string> | undefined,
): LowerBound | undefined {
  const { store, accounts } = history;
  const short = readFirstCounts(store, accounts, period)
    .filter(matchesWhere(toWhere(history, filters)))
    .filter((one) => !sessions || sessions.has(one.session));
  if (short.length === 0) return undefined;
  const rate = calibrate(sumFinished(store, accounts));
  const sum: LowerBound = { requests: 0, output: 0, estimatedOutput: 0, estimatedNano: 0 };
  for (const one of short) {
    const estimated = Math.round(one.bytes * rate);
    sum.requests += one.answers;
    sum.output += one.output;
    sum.estimatedOutput += estimated;
    sum.estimatedNano += (estimated - one.output) * outputPrice(one, history);
  }
  return sum;
}

/** Output tokens of each byte written: 0.30 and 0.32 in two histories with 5,598 finished answers of clients up to 2.1.56. */
const USUAL_RATE = 0.31;
/** Fewer finished answers than this say too little. */
const ENOUGH = 30;

/** Returns how many tokens a byte is, as finished answers of old clients have it. */
function calibrate({ answers, output, bytes }: WrittenTotal): number {
  return answers < ENOUGH ? USUAL_RATE : output / bytes;
}

/** Nano-dollars of an output token; 0 when the model has no known price. */
function outputPrice({ model, promptAbove, at, flags }: FirstCounts, { models }: OpenedHistory): number {
  const entry = models.find(model);
  const terms = { at, ...termsOf(flags) };
  const rates = entry && ratesFor(entry, promptAbove + 1, terms);
  if (!rates) return 0;
  const factor = (terms.usOnly && entry.usOnly ? 1.1 : 1) * (terms.batch ? 0.5 : 1);
  return rates.output * 1000 * factor;
}
