import { resolveTimezone } from "../domain/calendar.ts";
import { parseDay, type Period, periodOfDays } from "../domain/period.ts";
import { UsageError } from "../errors.ts";
import type { Filters } from "../history/filters.ts";
import { readJudged } from "../history/judged.ts";
import { repositoryFinder } from "../history/repositories.ts";
import { categoriesFinder } from "../history/spend-categories.ts";
import { DEMO_NOW } from "../history/workspace.ts";
import { type FallbackReport, readFallbacks } from "../operations/fallbacks.ts";
import { type ImpactReport, readImpact } from "../operations/impact.ts";
import { readPatterns } from "../operations/patterns.ts";
import { type AdviceReport, readAdvice } from "../operations/recommend.ts";
import { readRoles, type RoleReport } from "../operations/roles.ts";
import { readSavings, type SavingsReport } from "../operations/savings.ts";
import { readWhatIf, type WhatIf } from "../operations/what-if.ts";
import { readWhy } from "../operations/why.ts";
import type { CostCauses } from "../domain/cost-causes.ts";
import { titleFinder } from "../history/session-titles.ts";
import { SPEND_RULES, type SpendKey } from "../operations/spend-keys.ts";
import { readSpend, type SpendReport } from "../operations/spend.ts";
import type { Finding } from "../domain/finding.ts";
import type { JudgedTask } from "../domain/judged-task.ts";
import { type InDollars, inDollars } from "./dollars.ts";
import { type History, innerOf } from "./history.ts";

/** The part of a history that a report is about; default: all of it. */
export interface ReportOptions extends Filters {
  /** First day: `2026-11-01`, `today`, `yesterday`, or how far back: `7d`, `2w`, `3m`, `1y`. */
  since?: string;
  /** Last day, in the same forms. */
  until?: string;
  /** Time zone whose days are meant, such as `Europe/Berlin`; default: the machine's. */
  timezone?: string;
  /** Time that counts as now, in ms since the epoch; default: the clock, and for the demo its newest entry. */
  now?: number;
}

/** Options of `spend`. */
export interface SpendOptions extends ReportOptions {
  /** Keys to group spend by; default: model. */
  by?: readonly SpendKey[];
}

/** The policy that `whatIf` prices a period under; at least one of the three. */
export interface WhatIfOptions extends ReportOptions {
  /** `ROLE=MODEL`, `ROLE=MODEL@EFFORT`, or the path of a policy file. */
  changes?: readonly string[];
  /** Path of a policy file; changes of single roles count before it. */
  policyFile?: string;
  /** Every request on Opus; changes of single roles count before it. */
  allOpus?: boolean;
}

/** The requests that `costCauses` explains. `role` is not one of its filters. */
export interface CostCausesOptions extends Omit<ReportOptions, "role" | "evidence"> {
  /** A pattern with `*` and `?`. */
  branch?: string;
  /** Start of a session's ID, or words of its title or first prompt. */
  session?: string;
}

/**
 * Returns the spend of a period in tokens and dollars, broken down by `by`.
 *
 * Throws UsageError for a day or a time zone that is not valid.
 *
 * @example
 * ```ts
 * import { openHistory, spend } from "rolecall";
 *
 * const history = await openHistory({ demo: true });
 * const { rows, total } = spend(history, { by: ["day", "model"], since: "7d" });
 * console.log(rows.length, total.requests, total.costUsd);
 * history.close();
 * ```
 */
export function spend(history: History, options: SpendOptions = {}): InDollars<SpendReport> {
  const inner = innerOf(history);
  const { by = ["model"] } = options;
  const period = periodOf(history, options);
  const finders = {
    titleOf: by.includes("title") ? titleFinder(inner.store) : undefined,
    categoriesOf: by.some((key) => SPEND_RULES[key].ofTasks) ? categoriesFinder(inner, period) : undefined,
    repositoryOf: repositoryFinder(),
  };
  return inDollars(readSpend(inner, by, period, options, finders));
}

/**
 * Yields the turns and agent runs of a period with their outcomes, in order of sessions.
 *
 * @example
 * ```ts
 * import { openHistory, tasks } from "rolecall";
 *
 * const history = await openHistory({ demo: true });
 * for await (const task of tasks(history, { since: "3d" })) console.log(task.agent, task.outcome, task.costUsd);
 * history.close();
 * ```
 */
export async function* tasks(
  history: History,
  options: ReportOptions = {},
): AsyncGenerator<InDollars<JudgedTask>, void, undefined> {
  for (const analysis of readJudged(innerOf(history), periodOf(history, options), options))
    for (const task of analysis.tasks) yield inDollars(task);
}

/**
 * Returns how often each tier was not enough, and why threads were switched to another model.
 *
 * @example
 * ```ts
 * import { fallbacks, openHistory } from "rolecall";
 *
 * const history = await openHistory({ demo: true });
 * for (const { tier, successRate } of fallbacks(history).tiers) console.log(tier, successRate.value);
 * history.close();
 * ```
 */
export function fallbacks(history: History, options: ReportOptions = {}): InDollars<FallbackReport> {
  return inDollars(readFallbacks(innerOf(history), periodOf(history, options), options));
}

/**
 * Returns what the period cost and what it would have cost under other rules, such as always Opus.
 *
 * @example
 * ```ts
 * import { openHistory, savings } from "rolecall";
 *
 * const history = await openHistory({ demo: true });
 * const { actualUsd, alwaysOpusUsd } = savings(history, { since: "30d" });
 * console.log(actualUsd, alwaysOpusUsd);
 * history.close();
 * ```
 */
export function savings(history: History, options: ReportOptions = {}): InDollars<SavingsReport> {
  return inDollars(readSavings(innerOf(history), periodOf(history, options), options));
}

/**
 * Returns a period priced under another policy, with the success that its own tasks show there.
 *
 * Throws RolecallError for an unknown role or model, or a policy file with problems.
 *
 * @example
 * ```ts
 * import { openHistory, whatIf } from "rolecall";
 *
 * const history = await openHistory({ demo: true });
 * const { actualUsd, costUsd } = whatIf(history, { changes: ["reviewer=haiku"], since: "30d" });
 * console.log(actualUsd, costUsd);
 * history.close();
 * ```
 */
export function whatIf(history: History, options: WhatIfOptions): InDollars<WhatIf> {
  const { changes = [], policyFile, allOpus = false } = options;
  const period = periodOf(history, options);
  return inDollars(readWhatIf(innerOf(history), period, options, { changes, policyFile, allOpus }));
}

/**
 * Returns the habits that wasted money in a period, the most expensive first.
 *
 * @example
 * ```ts
 * import { openHistory, patterns } from "rolecall";
 *
 * const history = await openHistory({ demo: true });
 * for (const { kind, costUsd } of patterns(history)) console.log(kind, costUsd);
 * history.close();
 * ```
 */
export function patterns(history: History, options: ReportOptions = {}): InDollars<Finding[]> {
  return inDollars(readPatterns(innerOf(history), periodOf(history, options), options));
}

/**
 * Returns what to change in the routing, with evidence, dollars and confidence; nothing is written.
 *
 * @example
 * ```ts
 * import { openHistory, recommend } from "rolecall";
 *
 * const history = await openHistory({ demo: true });
 * for (const { id, confidence, command } of recommend(history).recommendations) console.log(id, confidence, command);
 * history.close();
 * ```
 */
export function recommend(history: History, options: ReportOptions = {}): InDollars<AdviceReport> {
  return inDollars(
    readAdvice(innerOf(history), periodOf(history, options), nowOf(history, options), options),
  );
}

/**
 * Returns why a period or a session costs what it costs: the tree of causes in which each dollar has one place. Content that is not known
 * yet is read first. Throws UsageError if no session, or more than one, matches.
 *
 * @example
 * ```ts
 * import { costCauses, openHistory } from "rolecall";
 *
 * const history = await openHistory({ demo: true });
 * const { usd, causes } = costCauses(history, { since: "7d" });
 * console.log(usd, causes[0]?.id);
 * history.close();
 * ```
 */
export function costCauses(history: History, options: CostCausesOptions = {}): InDollars<CostCauses> {
  const { project, model, agent, branch, session } = options;
  const period = periodOf(history, options);
  const now = nowOf(history, options);
  const question = { period, project, model, agent, branch, session, now, onlyCauses: true };
  return inDollars(readWhy(innerOf(history), question).causes);
}

/**
 * Returns how each model did in each role and each kind of work, and what that supports: the table that advice is drawn from.
 *
 * @example
 * ```ts
 * import { openHistory, roles } from "rolecall";
 *
 * const history = await openHistory({ demo: true });
 * for (const { name, verdict } of roles(history, { since: "30d" }).groups) console.log(name, verdict.kind);
 * history.close();
 * ```
 */
export function roles(history: History, options: ReportOptions = {}): InDollars<RoleReport> {
  return inDollars(readRoles(innerOf(history), periodOf(history, options), nowOf(history, options), options));
}

/**
 * Returns what came of the advice that was applied.
 *
 * @example
 * ```ts
 * import { impact, openHistory } from "rolecall";
 *
 * const history = await openHistory({ demo: true });
 * console.log(impact(history).impacts.map(({ decision, verdict }) => [decision.recommendation.id, verdict]));
 * history.close();
 * ```
 */
export function impact(history: History, { now }: Pick<ReportOptions, "now"> = {}): InDollars<ImpactReport> {
  return inDollars(readImpact(innerOf(history), nowOf(history, { ...(now !== undefined && { now }) })));
}

/**
 * Returns the panel of a "Sonnet first, Opus as fallback" strategy: calls, attempts, success and escalation rate, actual cost, always-Opus
 * cost, savings, and averages per call.
 *
 * @example
 * ```ts
 * import { openHistory, sonnetOpusFallback } from "rolecall";
 *
 * const history = await openHistory({ demo: true });
 * const { escalationRate, savingsUsd } = sonnetOpusFallback(history, { since: "30d" });
 * console.log(escalationRate, savingsUsd);
 * history.close();
 * ```
 */
export function sonnetOpusFallback(
  history: History,
  options: ReportOptions = {},
): InDollars<FallbackReport["panel"]> {
  return fallbacks(history, options).panel;
}

function nowOf(history: History, { now }: ReportOptions): number {
  return now ?? (innerOf(history).workspace.demo ? DEMO_NOW : Date.now());
}

function periodOf(history: History, options: ReportOptions): Period {
  const timezone = resolveTimezone(options.timezone);
  if (timezone === undefined)
    throw new UsageError(`timezone: unknown time zone "${options.timezone}"`, {
      hint: "Expected a name such as Europe/Berlin or UTC.",
    });
  const day = (name: "since" | "until"): string | undefined => {
    const text = options[name];
    if (text === undefined) return undefined;
    const found = parseDay(text, nowOf(history, options), timezone);
    if (found === undefined)
      throw new UsageError(`${name}: invalid date "${text}"`, {
        hint: "Expected 2026-11-20, 7d, 3m or today.",
      });
    return found;
  };
  return periodOfDays(day("since"), day("until"), timezone);
}
