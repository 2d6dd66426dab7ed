import {
  addDays,
  dayOf,
  HOUR_MS,
  MINUTE_MS,
  startOfDay,
  type Weekday,
  WEEKDAYS,
  weekOf,
} from "../domain/calendar.ts";
import { fromUsd, type NanoUsd } from "../domain/money.ts";
import type { PlanLimits } from "../history/config.ts";
import { toWhere } from "../history/filters.ts";
import { accountName, type OpenedHistory } from "../history/open-history.ts";
import { QUARTER_MS, sumSpend } from "../store/spend-sums.ts";
import { readBlocks } from "./blocks.ts";

/** A window of a plan, and how much of its limit is used (docs/limits.md). */
export interface LimitWindow {
  account: string;
  window: "five-hours" | "week";
  /** ms since the epoch; absent if no five-hour window is active. */
  startedAt?: number;
  endsAt?: number;
  usedNano: NanoUsd;
  /** Absent if no limit is configured and no window has finished. */
  limitNano?: NanoUsd;
  /** The configuration file, or the most that a finished window had. */
  limitFrom: "config" | "max";
  /** Used share of the limit; absent without a limit. */
  share?: number;
  /** Absent for a window without a request, or with a single one. */
  nanoPerHour?: NanoUsd;
  /** Expected spend at its end, at this rate. */
  expectedNano?: NanoUsd;
  /** Time at which the limit is reached at this rate; absent if that is after its end. */
  reachedAt?: number;
}

export interface LimitsReport {
  now: number;
  timezone: string;
  plan: PlanLimits;
  /** Of each account with requests: five hours, then the week. */
  windows: LimitWindow[];
  /** Whether more than the percentage asked for is used of any limit. */
  exceeded: boolean;
}

/** Reads how much of the limits of the plan is used now, for each account that is shown. */
export function readLimits(
  history: OpenedHistory,
  { timezone, now, above = Infinity }: { timezone: string; now: number; above?: number | undefined },
): LimitsReport {
  const { plan, weekStart } = history.config;
  const windows = history.accounts.flatMap((folder) => {
    const one = { ...history, accounts: [folder] };
    const account = accountName(folder, history);
    const blocks = readBlocks(one, { timezone, until: quarterAfter(now) }, {}, now);
    const weeks = readWeeks(one, { timezone, now, weekStart, plan });
    return blocks.length === 0
      ? []
      : [fiveHours(account, blocks, plan, now), week(account, weeks, plan, now)].map(withShare);
  });
  const exceeded = windows.some(({ share = 0 }) => share * 100 > above);
  return { now, timezone, plan, windows, exceeded };
}

/** Returns the end of the quarter of an hour: sums are kept by these. */
function quarterAfter(at: number): number {
  return (Math.floor(at / QUARTER_MS) + 1) * QUARTER_MS;
}

function withShare(window: LimitWindow): LimitWindow {
  const { usedNano, limitNano = 0 } = window;
  return limitNano === 0 ? window : { ...window, share: usedNano / limitNano };
}

function fiveHours(
  account: string,
  blocks: ReturnType<typeof readBlocks>,
  plan: PlanLimits,
  now: number,
): LimitWindow {
  const active = blocks.find((block) => block.active);
  const finished = blocks.filter((block) => !block.active).map(({ costNano }) => costNano);
  const head = {
    account,
    window: "five-hours" as const,
    usedNano: active?.costNano ?? 0,
    ...limitOf(plan.fiveHours, finished),
  };
  if (!active) return head;
  const { startedAt, endsAt, burnRate } = active;
  return withRate({ ...head, startedAt, endsAt }, burnRate?.nanoPerHour, now);
}

/** A week of the plan. */
interface PlanWeek {
  startedAt: number;
  endsAt: number;
  nano: NanoUsd;
}

function week(account: string, weeks: readonly PlanWeek[], plan: PlanLimits, now: number): LimitWindow {
  const current = weeks.at(-1) as PlanWeek;
  const { startedAt, endsAt, nano } = current;
  const finished = weeks.slice(0, -1).map((one) => one.nano);
  const hours = (now - startedAt) / HOUR_MS;
  return withRate(
    {
      account,
      window: "week",
      startedAt,
      endsAt,
      usedNano: nano,
      ...limitOf(plan.week, finished),
    },
    nano > 0 && hours > 0 ? nano / hours : undefined,
    now,
  );
}

function limitOf(
  configured: number | "max",
  finished: readonly NanoUsd[],
): Pick<LimitWindow, "limitNano" | "limitFrom"> {
  if (configured !== "max") return { limitNano: fromUsd(configured), limitFrom: "config" };
  return { ...(finished.length > 0 && { limitNano: Math.max(...finished) }), limitFrom: "max" };
}

function withRate(window: LimitWindow, nanoPerHour: NanoUsd | undefined, now: number): LimitWindow {
  const { usedNano, limitNano, endsAt = now } = window;
  if (nanoPerHour === undefined) return window;
  const expectedNano = usedNano + (nanoPerHour * Math.max(0, endsAt - now)) / HOUR_MS;
  const left = limitNano === undefined ? Infinity : Math.max(0, limitNano - usedNano);
  const reachedAt = now + (left / nanoPerHour) * HOUR_MS;
  return { ...window, nanoPerHour, expectedNano, ...(reachedAt < endsAt && { reachedAt }) };
}

interface WeekRules {
  timezone: string;
  now: number;
  weekStart: Weekday;
  plan: PlanLimits;
}

/** Adds up the weeks of the plan from the first request to now; the last one is the current week. */
function readWeeks(history: OpenedHistory, rules: WeekRules): PlanWeek[] {
  const period = { timezone: rules.timezone, until: quarterAfter(rules.now) };
  const sums = sumSpend(history.store, ["quarter"], period, toWhere(history, {}));
  const firstAt = sums.reduce((first, sum) => Math.min(first, sum.firstAt), rules.now);
  const weeks = weeksBetween(firstAt, rules);
  for (const { values, cost } of sums) {
    const at = Number(values.quarter) * QUARTER_MS;
    const own = weeks.findLast(({ startedAt }) => startedAt <= at);
    if (own) own.nano += cost;
  }
  return weeks;
}

function weeksBetween(firstAt: number, { timezone, now, weekStart, plan }: WeekRules): PlanWeek[] {
  const [, day = weekStart, hours = "0", minutes = "0"] =
    /^(\w+) (\d+):(\d+)$/.exec(plan.weekReset ?? "") ?? [];
  const first = WEEKDAYS.find((name) => name === day) ?? weekStart;
  const startOf = (date: string) =>
    startOfDay(date, timezone) + (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  const weeks: PlanWeek[] = [];
  let date = addDays(weekOf(dayOf(firstAt, timezone), first), -7);
  for (let startedAt = startOf(date); startedAt <= now;) {
    date = addDays(date, 7);
    const endsAt = startOf(date);
    if (endsAt > firstAt) weeks.push({ startedAt, endsAt, nano: 0 });
    startedAt = endsAt;
  }
  return weeks;
}
