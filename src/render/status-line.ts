import { fromUsd } from "../domain/money.ts";
import type { DaySpend } from "../hooks/day-spend.ts";
import type { StatusInput } from "../hooks/status-input.ts";
import type { HookState } from "../hooks/state.ts";
import { formatUsd } from "./numbers.ts";
import { plainLine } from "./text.ts";

/** The line that is shown unless a template says otherwise. */
export const STATUS_TEMPLATE =
  "{model} {effort} | {session} session, {today} today | context {context} | cache {cache} | {window} | policy {policy} | {nudge}";

/** Everything that a status line says something about. */
export interface StatusFacts {
  input: StatusInput;
  spend: DaySpend;
  state: HookState | undefined;
  /** Whether the session's model is another than the policy's. */
  leavesPolicy: boolean;
  now: number;
}

/** Fills a template. A segment between two `|` is left out if a part in it is known to be empty and no other part has a value. */
export function renderStatusLine(template: string, facts: StatusFacts): string {
  const segments = template.split("|").map((segment) => fill(segment, facts));
  return plainLine(segments.filter((segment) => segment !== "").join(" | "));
}

function fill(segment: string, facts: StatusFacts): string {
  let [named, known] = [0, 0];
  const filled = segment.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (!part) return whole;
    const value = part(facts);
    named++;
    if (value !== "") known++;
    return value;
  });
  return named > 0 && known === 0 ? "" : filled.replaceAll(/\s+/g, " ").trim();
}

/** The parts that a template may have, by name. */
const PARTS: Readonly<Record<string, (facts: StatusFacts) => string>> = {
  model: ({ input }) => input.model.name,
  effort: ({ input }) => input.effort ?? "",
  session: ({ input }) => (input.costUsd === undefined ? "" : usd(input.costUsd)),
  today: ({ spend }) => (spend.todayUsd === undefined ? "" : usd(spend.todayUsd)),
  context: ({ input: { context } }) =>
    context ? `${tokens(context.tokens)} (${Math.round(context.percent)}%)` : "",
  cache: cacheWords,
  window: windowWords,
  policy: ({ state, leavesPolicy }) => (leavesPolicy ? (state?.mainModel ?? "") : ""),
  nudge: nudgeWords,
};

function cacheWords({ input: { cache }, now }: StatusFacts): string {
  if (!cache) return "";
  const left = cache.expiresAt === undefined ? undefined : cache.expiresAt - now;
  if (cache.warm && (left === undefined || left > 0))
    return left === undefined ? "warm" : `warm ${duration(left)}`;
  return cache.tokens === undefined ? "cold" : `cold, ${tokens(cache.tokens)} to write again`;
}

/** The limits that Claude Code names; without a subscription the five-hour window by the store. */
function windowWords({ input: { limits }, spend: { stored }, now }: StatusFacts): string {
  if (limits.length > 0)
    return limits
      .map(({ name, percent, resetsAt }) =>
        [
          `${name} ${Math.round(percent)}%`,
          ...(resetsAt && resetsAt > now ? [`(${duration(resetsAt - now)})`] : []),
        ].join(" "),
      )
      .join(", ");
  const window = stored?.window;
  return window && window.endsAt > now
    ? `window ${usd(window.usd)}, ${duration(window.endsAt - now)} left`
    : "";
}

const LARGE = 100_000;

/** The rule that matters most now. */
function nudgeWords(facts: StatusFacts): string {
  const { input, state } = facts;
  const isCold = cacheWords(facts).startsWith("cold");
  if (isCold && (input.cache?.tokens ?? 0) >= LARGE) return "/clear or /compact before going on";
  if (input.isLong) return "long context: /compact";
  return state?.advice ? `rolecall recommend --why ${state.advice.id}` : "";
}

function usd(dollars: number): string {
  return formatUsd(fromUsd(dollars));
}

function tokens(count: number): string {
  return count < 1000
    ? String(count)
    : count < 1e6
      ? `${Math.round(count / 1e3)}K`
      : `${(count / 1e6).toFixed(2)}M`;
}

/** Minutes, and seconds below a minute: the line is drawn again only now and then. */
function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.ceil(ms / 1000)}s`;
  return minutes < 60
    ? `${minutes}m`
    : `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
}
