import { DAY_MS, dayOf } from "../domain/calendar.ts";
import { compareText } from "../domain/compare.ts";
import {
  againstOpus,
  billsOf,
  compareScenarios,
  type EscalatedAttempts,
  sumEscalated,
  type RoleBill,
  type Scenario,
} from "../analysis/savings/savings.ts";
import { type Projection, project } from "../analysis/savings/projection.ts";
import type { SessionAnalysis } from "../analysis/outcomes/session.ts";
import type { Attempt } from "../domain/attempt.ts";
import type { Bill } from "../domain/bill.ts";
import { sum } from "../domain/numbers.ts";
import { isAnswered, type JudgedTask } from "../domain/judged-task.ts";
import { FLAG } from "../domain/file-scan.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { borderBelow, promptTokens } from "../domain/usage.ts";
import { type SpendSum, sumSpend } from "../store/spend-sums.ts";
import { isBilled, modelOf, readAttempts } from "../history/own-attempts.ts";
import { readJudged } from "../history/judged.ts";
import { rememberJudged } from "../history/judged-answers.ts";
import { type OpenedHistory, roleName } from "../history/open-history.ts";
import { assignBy } from "../history/policy-scenario.ts";
import { type Filters, toWhere } from "../history/filters.ts";
import { type SavingsOptions, type SavingsWorth, worthOf } from "./savings-worth.ts";

/** The cost of the period, compared with other rules. */
export interface SavingsReport {
  /** Number of requests. */
  requests: number;
  /** Actual cost in nano-dollars. */
  actualNano: NanoUsd;
  /** Cost of the same requests on Opus, in nano-dollars. */
  alwaysOpusNano: NanoUsd;
  /** Attempts below Opus that escalated, and what they are of the cost on Opus. */
  escalated: EscalatedAttempts;
  /** The difference of the two. */
  savingsNano: NanoUsd;
  /** Null where nothing was spent. */
  savingsShare: number | null;
  /** Cost under each rule. */
  scenarios: readonly Scenario[];
  /** Spend, and savings against always-Opus, carried on. */
  projection: { spend: Projection; savings: Projection };
  /** By role and by category. */
  groups: readonly SavingsGroup[];
  /** Cost of switches of model in mid-conversation, in cache re-writes; part of the actual cost. */
  switchCostNano: NanoUsd;
  /** Number of model switches in mid-conversation. */
  switches: number;
  /** Actual cost of a day with activity, in nano-dollars. */
  costPerActiveDayNano: NanoUsd;
  /** The tasks behind the groups. */
  tasks: readonly JudgedTask[];
  /** Requests on models without a known price: in none of the other numbers. */
  unpricedRequests: number;
  /** Value of the savings for the time that they took, if that is given. */
  worth?: SavingsWorth;
}

/** Cost of one kind of task, against Opus. */
export interface SavingsGroup {
  /** Grouping of the tasks. */
  by: "role" | "complexity" | "category";
  /** The role, complexity or category. */
  name: string;
  /** Number of tasks. */
  tasks: number;
  /** Null when nobody knows: agent runs of which no request was recorded. */
  actualNano: NanoUsd | null;
  /** Cost of the same tasks on Opus, in nano-dollars. */
  alwaysOpusNano: NanoUsd | null;
}

/** Counts up when a rule of savings changes, so that a kept comparison is made again. */
const SAVINGS_RULES = 7;

/** Compares a period's cost with other rules; the comparison is kept until something that it rests on changes. */
export function readSavings(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
  options: SavingsOptions = {},
): SavingsReport {
  const question = ["savings", SAVINGS_RULES, period, filters, history.policy];
  const report = rememberJudged(history, period.since ?? 0, question, () =>
    compareSavings(history, period, filters),
  );
  const worth = worthOf(report.projection.savings, options);
  return {
    ...report,
    get tasks() {
      return readJudged(history, period, filters).flatMap((analysis) => analysis.tasks);
    },
    ...(worth && { worth }),
  };
}

function compareSavings(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
): Omit<SavingsReport, "tasks" | "worth"> {
  const bills = readBills(history, period, filters);
  const analyses = readJudged(history, period, filters);
  const scenarios = [...compareScenarios(bills, history.models), policyScenario(history, analyses, bills)];
  const [actualNano, alwaysOpusNano] = [costUnder("actual", scenarios), costUnder("always-opus", scenarios)];
  const days = dailyFigures(bills, history);
  const projection = projectDays(days, activeSpan(bills));
  const switches = analyses.flatMap((analysis) => analysis.switches);
  const tasks = analyses.flatMap((analysis) => analysis.tasks);
  return {
    requests: sum(bills.map(({ bill }) => bill.requests)),
    actualNano,
    alwaysOpusNano,
    escalated: sumEscalated(tasks, history.models),
    savingsNano: alwaysOpusNano - actualNano,
    savingsShare: alwaysOpusNano === 0 ? null : (alwaysOpusNano - actualNano) / alwaysOpusNano,
    scenarios,
    projection,
    groups: groupSavings(analyses, history, { actualNano, alwaysOpusNano }),
    switchCostNano: sum(switches.map(({ costNano }) => costNano)),
    switches: switches.length,
    costPerActiveDayNano: days.length === 0 ? 0 : actualNano / days.length,
    unpricedRequests: sum(bills.map(({ bill }) => (bill.costNano === undefined ? bill.requests : 0))),
  };
}

/** The billed cost, beside the cost on Opus. */
export interface SavingsHeadline extends DayCosts {
  /** Each day with activity (UTC). */
  days: readonly (DayCosts & { day: string })[];
}

/** Compares bills with the same ones on Opus, day by day: all that a headline needs. */
export function compareWithOpus(bills: readonly RoleBill[], history: OpenedHistory): SavingsHeadline {
  const days = dailyFigures(bills, history);
  return { ...sumCompared(days), days };
}

interface DayCosts {
  actualNano: NanoUsd;
  alwaysOpusNano: NanoUsd;
}

function projectDays(days: readonly DayCosts[], length: number): SavingsReport["projection"] {
  return {
    spend: project(
      days.map(({ actualNano }) => actualNano),
      length,
    ),
    savings: project(
      days.map(({ actualNano, alwaysOpusNano }) => alwaysOpusNano - actualNano),
      length,
    ),
  };
}

/** Returns everything spent in a period that the filters let through, as bills that can be priced on another model. */
export function readBills(history: OpenedHistory, period: Period, filters: Filters = {}): RoleBill[] {
  const utc: Period = { ...period, timezone: "UTC" }; // prices change with UTC days
  const transcripts = sumSpend(history.store, BILL_COLUMNS, utc, toWhere(history, filters)).map((sum) => ({
    bill: toBill(sum),
    role: roleName(history.policy, String(sum.values.agent)),
  }));
  const attempts = readAttempts(history, period, filters).own.filter(isBilled);
  return [
    ...transcripts,
    ...attempts.map((attempt) => ({ bill: billOf(attempt, history.models), role: "none" })),
  ];
}

/** A cascade's attempt is many requests, and the length of their prompts is not known. */
function billOf(attempt: Attempt, models: OpenedHistory["models"]): Bill {
  const { source, at, usage, effort, costNano } = attempt;
  return {
    model: modelOf(attempt, models),
    day: dayOf(at, "UTC"),
    promptAbove: source === "cascade" ? 0 : borderBelow(promptTokens(usage), models.promptBorders),
    requests: 1,
    usage,
    ...(source === "batch" && { batch: true as const }),
    ...(effort !== undefined && { effort }),
    ...(costNano !== undefined && { costNano }),
  };
}

const BILL_COLUMNS = ["model", "effort", "flags", "agent", "day", "promptAbove"] as const;

function toBill({ values, requests, unpriced, cost, ...sum }: SpendSum<(typeof BILL_COLUMNS)[number]>): Bill {
  const { input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead, webSearches } = sum;
  const flags = Number(values.flags);
  return {
    model: String(values.model),
    day: dayOf(Number(values.day) * DAY_MS, "UTC"),
    promptAbove: Number(values.promptAbove),
    requests,
    usage: { input, output, thinking, cacheWrite5m, cacheWrite1h, cacheRead, webSearches },
    ...(flags & FLAG.fast && { fast: true as const }),
    ...(flags & FLAG.usOnly && { usOnly: true as const }),
    ...(flags & FLAG.batch && { batch: true as const }),
    ...(values.effort !== "" && { effort: String(values.effort) }),
    ...(unpriced === 0 && { costNano: cost }),
  };
}

/** Only tasks know plan mode and role, so the policy's saving is worked out over them and taken off the whole. */
function policyScenario(
  history: OpenedHistory,
  analyses: readonly SessionAnalysis[],
  bills: readonly RoleBill[],
): Scenario {
  const tasks = analyses.flatMap((analysis) => analysis.tasks);
  const scenarios = compareScenarios(billsOf(tasks), history.models, assignBy(history.policy));
  const policy = scenarios.at(-1) as Scenario;
  return { ...policy, costNano: actualOf(bills) + policy.costNano - costUnder("actual", scenarios) };
}

/** Returns the cost under one of some scenarios. */
export function costUnder(name: Scenario["name"], scenarios: readonly Scenario[]): NanoUsd {
  return scenarios.find((scenario) => scenario.name === name)?.costNano ?? 0;
}

/** Returns what bills with a known price cost. */
export function actualOf(bills: readonly RoleBill[]): NanoUsd {
  return sum(bills.map(({ bill }) => bill.costNano ?? 0));
}

function dailyFigures(bills: readonly RoleBill[], { models }: OpenedHistory): SavingsHeadline["days"] {
  const days = Map.groupBy(bills, ({ bill }) => bill.day);
  return [...days].map(([day, of]) => ({
    day,
    ...againstOpus(
      of.map(({ bill }) => bill),
      models,
    ),
  }));
}

/** Returns the days from the first to the last activity: days without any data say nothing about the pace. */
function activeSpan(bills: readonly RoleBill[]): number {
  const days = bills.map(({ bill }) => Date.parse(bill.day)).toSorted((a, b) => a - b);
  const [first = 0, last = first] = [days[0], days.at(-1)];
  return (last - first) / DAY_MS + 1;
}

/** Requests outside of all tasks: compactions, warm-ups, and what came before the first prompt. */
const NO_TASK = "no task";

type Compared = Pick<SavingsReport, "actualNano" | "alwaysOpusNano">;

function groupSavings(
  analyses: readonly SessionAnalysis[],
  { models }: OpenedHistory,
  total: Compared,
): SavingsGroup[] {
  const tasks = analyses
    .flatMap((analysis) => analysis.tasks)
    .filter(isAnswered)
    .map(({ role, categories, bills }) => ({ role, bills, ...categories, ...againstOpus(bills, models) }));
  const spent = sumCompared(tasks);
  const rest = {
    actualNano: total.actualNano - spent.actualNano,
    alwaysOpusNano: total.alwaysOpusNano - spent.alwaysOpusNano,
  };
  const hasRest = Math.abs(rest.actualNano) >= 1 || Math.abs(rest.alwaysOpusNano) >= 1;
  return (["role", "complexity", "category"] as const).flatMap((by) => {
    const groups = [...Map.groupBy(tasks, (task) => task[by])]
      .map(([name, group]) => {
        const isKnown = group.some(({ bills }) => bills.length > 0);
        return { by, name, tasks: group.length, ...(isKnown ? sumCompared(group) : UNKNOWN) };
      })
      .sort((a, b) => (b.actualNano ?? -1) - (a.actualNano ?? -1) || compareText(a.name, b.name));
    return hasRest ? [...groups, { by, name: NO_TASK, tasks: 0, ...rest }] : groups;
  });
}

const UNKNOWN = { actualNano: null, alwaysOpusNano: null };

function sumCompared(of: readonly Compared[]): Compared {
  return {
    actualNano: sum(of.map(({ actualNano }) => actualNano)),
    alwaysOpusNano: sum(of.map(({ alwaysOpusNano }) => alwaysOpusNano)),
  };
}
