import { countOf } from "../domain/output-count.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { ratesFor } from "../models/price.ts";
import { readShortAnswers, type ShortAnswers, sumWritten, type WrittenTotal } from "../store/written.ts";
import { type Filters, matchesWhere, toWhere } from "./filters.ts";
import { keepLast } from "./keep-last.ts";
import type { OpenedHistory } from "./open-history.ts";
import { termsOf } from "./pricing.ts";

/** What is missing in the output that was recorded of a period (docs/definitions.md, Cost). */
export interface LowerBound {
  /** Answers that hold less than they wrote: the count that their stream began with. */
  requests: number;
  /** Tokens recorded of them, and what they are likely to have had. */
  output: number;
  estimatedOutput: number;
  /** What the difference costs; it is in no other amount. */
  estimatedNano: NanoUsd;
}

/** Estimates the output that was not recorded in a period; undefined when nothing is missing. */
export function findLowerBound(
  history: OpenedHistory,
  period: Period,
  filters: Filters = {},
): LowerBound | undefined {
  const { since, until } = period;
  return estimateOnce(history.store, [since, until, history.accounts, filters], () =>
    estimateMissing(history, period, filters),
  );
}

const estimateOnce = keepLast<LowerBound | undefined>();

function estimateMissing(history: OpenedHistory, period: Period, filters: Filters): LowerBound | undefined {
  const totals = sumWritten(history.store, history.accounts);
  const versions = totals.filter((total) => countOf(total) === "first").map(({ version }) => version);
  if (versions.length === 0) return undefined;
  const matches = matchesWhere(toWhere(history, filters));
  const sum: LowerBound = { requests: 0, output: 0, estimatedOutput: 0, estimatedNano: 0 };
  const { store, accounts } = history;
  for (const short of readShortAnswers(store, accounts, versions, period, calibrate(totals))) {
    if (!matches(short)) continue;
    sum.requests += short.answers;
    sum.output += short.output;
    sum.estimatedOutput += short.estimatedOutput;
    sum.estimatedNano += (short.estimatedOutput - short.output) * outputPrice(short, history);
  }
  return sum.requests === 0 ? undefined : sum;
}

/** Output tokens of each byte written, seen in 4,500 finished answers of clients 2.0.64 to 2.1.8, whose thinking is in their lines. */
const USUAL_RATE = 0.23;
/** Fewer finished answers than this say too little. */
const ENOUGH = 30;

/** Returns how many tokens a byte is, as finished answers of old clients have it. */
function calibrate(totals: readonly WrittenTotal[]): number {
  const finished = totals.filter((total) => countOf(total) === "final-of-old-client");
  const sum = (pick: (total: WrittenTotal) => number) =>
    finished.reduce((amount, total) => amount + pick(total), 0);
  return sum(({ answers }) => answers) < ENOUGH
    ? USUAL_RATE
    : sum(({ output }) => output) / sum(({ bytes }) => bytes);
}

/** Nano-dollars of an output token; 0 when the model has no known price. */
function outputPrice({ model, prompt, at, flags }: ShortAnswers, { models }: OpenedHistory): number {
  const entry = models.find(model);
  const terms = { at, ...termsOf(flags) };
  const rates = entry && ratesFor(entry, prompt, terms);
  if (!rates) return 0;
  const factor = (terms.usOnly && entry.usOnly ? 1.1 : 1) * (terms.batch ? 0.5 : 1);
  return rates.output * 1000 * factor;
}
