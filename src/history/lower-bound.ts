import { countOf } from "../domain/output-count.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { ratesFor } from "../models/price.ts";
import { hasWritten, readWritten, type WrittenAnswer } from "../store/written.ts";
import { type Filters, matchesWhere, toWhere } from "./filters.ts";
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
  { since = 0, until = Number.POSITIVE_INFINITY }: Period,
  filters: Filters = {},
): LowerBound | undefined {
  if (!hasWritten(history.store)) return undefined;
  const answers = readWritten(history.store, history.accounts);
  const rate = calibrate(answers);
  const matches = matchesWhere(toWhere(history, filters));
  const sum: LowerBound = { requests: 0, output: 0, estimatedOutput: 0, estimatedNano: 0 };
  for (const answer of answers) {
    if (countOf(answer) !== "first" || answer.at < since || answer.at >= until || !matches(answer)) continue;
    const estimated = Math.round(answer.bytes * rate);
    if (estimated <= answer.output) continue;
    sum.requests++;
    sum.output += answer.output;
    sum.estimatedOutput += estimated;
    sum.estimatedNano += (estimated - answer.output) * outputPrice(answer, history);
  }
  return sum.requests === 0 ? undefined : sum;
}

/** Output tokens of each byte written, seen in 4,500 finished answers of clients 2.0.64 to 2.1.8, whose thinking is in their lines. */
const USUAL_RATE = 0.23;
/** Fewer finished answers than this say too little. */
const ENOUGH = 30;

/** Returns how many tokens a byte is, as finished answers of old clients have it. */
function calibrate(answers: readonly WrittenAnswer[]): number {
  const finished = answers.filter((answer) => countOf(answer) === "final-of-old-client" && answer.bytes > 0);
  if (finished.length < ENOUGH) return USUAL_RATE;
  const total = (pick: (answer: WrittenAnswer) => number) =>
    finished.reduce((sum, answer) => sum + pick(answer), 0);
  return total(({ output }) => output) / total(({ bytes }) => bytes);
}

/** Nano-dollars of an output token; 0 when the model has no known price. */
function outputPrice({ model, prompt, at, flags }: WrittenAnswer, { models }: OpenedHistory): number {
  const entry = models.find(model);
  const terms = { at, ...termsOf(flags) };
  const rates = entry && ratesFor(entry, prompt, terms);
  if (!rates) return 0;
  const factor = (terms.usOnly && entry.usOnly ? 1.1 : 1) * (terms.batch ? 0.5 : 1);
  return rates.output * 1000 * factor;
}
