import type { ChangeAdvice } from "../domain/change-decision.ts";
import { isSafe } from "../domain/change-decision.ts";
import { fromUsd } from "../domain/money.ts";
import { ADVICE_TITLES, type Confidence, type Recommendation } from "../domain/recommendation.ts";
import type { ChangeVerdict } from "../operations/change-impact.ts";
import { formatRoughUsd, formatUsdRange } from "./numbers.ts";
import { plainLine } from "./text.ts";

/** Returns what a recommendation is called in one line. */
export function titleOf(one: Recommendation): string {
  return plainLine(ADVICE_TITLES[one.kind](one));
}

/** Meaning of each confidence, in a few words. */
export const CONFIDENCE_WORDS: Record<Confidence, string> = {
  act: "seen on both sides: cheaper and not worse",
  try: "a trial that ends by itself",
  watch: "worth knowing",
};

/** The confidence in a simulated change, in the words of advice on models. */
export function confidenceOf(change: ChangeAdvice): Confidence {
  return isSafe(change) ? "act" : "try";
}

export const VERDICT_WORDS: Record<ChangeVerdict, string> = {
  held: "held",
  "fell-short": "fell short",
  nothing: "nothing came of it",
  backfired: "backfired",
  "too-early": "too early to say",
};

export const VERDICT_LOOKS = {
  held: "green",
  "fell-short": "yellow",
  nothing: "yellow",
  backfired: "red",
  "too-early": "dim",
} as const satisfies Record<ChangeVerdict, string>;

/** Dollars a month: `$88 ($70–104)`; whole dollars from ten up. */
export function formatRange({ low, mid, high }: { low: number; mid: number; high: number }): string {
  return `${shortUsd(mid)} (${formatUsdRange(fromUsd(low), fromUsd(high))})`;
}

/** Dollars for forecasts, where cents would pretend: `$88`, `-$4.20`, `$0.42`. */
export function shortUsd(usd: number): string {
  return formatRoughUsd(fromUsd(usd));
}

/** A change of success in points: `-2 to +4 points`. */
export function formatChange({ low, high }: { low: number; high: number }): string {
  const [from, to] = [low, high].map(signedPoints);
  return from === to ? `${from} points` : `${from} to ${to} points`;
}

function signedPoints(share: number): string {
  const points = Math.round(share * 100);
  return points > 0 ? `+${points}` : String(points);
}

/** `46 of 50 accepted (92 %)`, or that there is nothing to count. */
export function formatCounts({ accepted, known }: { accepted: number; known: number }): string {
  if (known === 0) return "no known outcome";
  return `${accepted} of ${known} accepted (${Math.round((100 * accepted) / known)}%)`;
}
