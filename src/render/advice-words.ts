import type { ImpactVerdict } from "../advice/impact.ts";
import { displayName } from "../domain/model-name.ts";
import { fromUsd } from "../domain/money.ts";
import type {
  Confidence,
  ModelAtEffort,
  Recommendation,
  RecommendationKind,
} from "../domain/recommendation.ts";
import { formatInteger, formatUsd } from "./figures.ts";
import { plainLine } from "./text.ts";

/** What each kind of advice is called in one line. */
const TITLES: Record<RecommendationKind, (one: Recommendation) => string> = {
  "lower-tier": move,
  "higher-tier": move,
  "newer-model": move,
  "lower-effort": move,
  "higher-effort": move,
  "haiku-review": (one) => `${one.subject.role}: ${arrow(one)}, thinking`,
  "pin-inherited": (one) => `${one.subject.agent ?? "agent"}: ${arrow(one)} instead of the session's model`,
  opusplan: ({ current }) => `main session: ${formatModel(current)} → opusplan`,
  "split-role": (one) =>
    `${one.subject.role}: its ${one.subject.category} part to ${formatModel(one.proposed)}`,
  "direct-to-opus": (one) => `${one.subject.role}: straight to ${formatModel(one.proposed)}`,
  "escalation-threshold": (one) => `${one.subject.role}: escalate after one failure instead of two`,
  "fallback-chain": () => "main session: a chain of fallback models",
  "fresh-session": () => "main session: a fresh one before another model",
  "cache-lifetime": () => "main session: one-hour prompt cache",
  "long-context": (one) => `${one.subject.role}: shorter contexts`,
  batch: () => "unattended sessions: the batch API at half the price",
  budget: (one) => `${one.subject.role}: a budget per task`,
};

export function titleOf(one: Recommendation): string {
  return plainLine(TITLES[one.kind](one));
}

function move(one: Recommendation): string {
  const { role, agent } = one.subject;
  const also = agent && agent !== role ? ` (${agent})` : "";
  return `${role === "main" ? "main session" : role}${also}: ${arrow(one)}`;
}

function arrow({ current, proposed }: Recommendation): string {
  const sameModel = current?.model === proposed?.model;
  return sameModel
    ? `${formatModel(current)} → ${proposed?.effort ?? "default effort"}`
    : `${formatModel(current)} → ${formatModel(proposed)}`;
}

/** `Opus 5.5 medium`. */
export function formatModel(one: ModelAtEffort | null): string {
  return one ? [displayName(one.model), one.effort].filter(Boolean).join(" ") : "–";
}

/** What each confidence means, in a few words. */
export const CONFIDENCE_WORDS: Record<Confidence, string> = {
  act: "seen on both sides: cheaper and not worse",
  try: "a trial with a stop rule",
  watch: "worth knowing",
};

export const VERDICT_WORDS: Record<ImpactVerdict, string> = {
  held: "held",
  "fell-short": "fell short",
  backfired: "backfired",
  "too-early": "too early to say",
};

/** Dollars a month: `$88 ($70 to $104)`; whole dollars from ten up. */
export function formatRange({ low, mid, high }: { low: number; mid: number; high: number }): string {
  return `${shortUsd(mid)} (${shortUsd(low)} to ${shortUsd(high)})`;
}

/** Dollars for forecasts, where cents would pretend: `$88`, `-$4.20`, `$0.42`. */
export function shortUsd(usd: number): string {
  if (Math.abs(usd) < 9.995) return formatUsd(fromUsd(Math.round(usd * 100) / 100));
  return `${usd < 0 ? "-" : ""}$${formatInteger(Math.abs(usd))}`;
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
