import { HOUR_MS, MINUTE_MS } from "../domain/calendar.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { totalTokens } from "../domain/usage.ts";
import { type SpendSum, sumSpend } from "../store/spend-sums.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { type Filters, toWhere } from "../history/filters.ts";
import { addSum, noSpend, type Spend } from "./spend.ts";

/** Length of a window: that of a subscription's limits. */
export const WINDOW_MS = 5 * HOUR_MS;

/** A five-hour window and what was spent in it (docs/definitions.md, Window). */
export interface Block extends Spend {
  /** The hour that its first request was made in, in ms since the epoch. */
  startedAt: number;
  /** Five hours later. */
  endsAt: number;
  /** Of its first and its last request. */
  firstAt: number;
  lastAt: number;
  /** Canonical ids, in order of first use. */
  models: string[];
  byModel: Map<string, Spend>;
  active: boolean;
  /** From its first request to its last; undefined if both are the same moment. */
  burnRate: BurnRate | undefined;
  /** Expected values at the end of an active window, at its burn rate. */
  projection: BlockProjection | undefined;
}

export interface BurnRate {
  /** Input, output, cache writes and cache reads. */
  tokensPerMinute: number;
  nanoPerHour: NanoUsd;
}

export interface BlockProjection {
  tokens: number;
  costNano: NanoUsd;
  remainingMs: number;
}

/** Orders of windows. */
export const BLOCK_ORDERS: Readonly<Record<string, (block: Block) => number>> = {
  oldest: ({ startedAt }) => -startedAt,
  newest: ({ startedAt }) => startedAt,
  cost: ({ costNano }) => costNano,
  requests: ({ requests }) => requests,
};

/**
 * Returns the windows with a request in the period that the filters let through, oldest first. Period and filters choose what is
 * counted; where windows begin and end depends on all requests, as it does for the limits. `from`: a moment (ms since the epoch)
 * that no window goes across, so that no earlier request has to be read.
 */
export function readBlocks(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
  now: number,
  from?: number,
): Block[] {
  const { store, accounts } = history;
  const { timezone, since = from } = period;
  const all = from === undefined ? { timezone } : { timezone, since: from };
  const starts = windowStarts(sumSpend(store, ["quarter"], all, { account: accounts }));
  const blocks = new Map<number, Block>();
  const counted =
    from === undefined || since === undefined ? period : { ...period, since: Math.max(from, since) };
  const sums = sumSpend(store, ["quarter", "model"], counted, toWhere(history, filters));
  for (const sum of sums.sort((a, b) => a.firstAt - b.firstAt)) {
    const startedAt = starts.get(Number(sum.values.quarter)) ?? 0;
    let block = blocks.get(startedAt);
    if (!block) blocks.set(startedAt, (block = startBlock(startedAt, sum.firstAt)));
    addToBlock(block, sum);
  }
  return [...blocks.values()].sort((a, b) => a.startedAt - b.startedAt).map((block) => withRates(block, now));
}

/** Returns the start of the window that each quarter of an hour belongs to. No window begins or ends within a quarter. */
function windowStarts(quarters: readonly SpendSum<"quarter">[]): Map<number, number> {
  const starts = new Map<number, number>();
  let last: { startedAt: number; lastAt: number } | undefined;
  for (const { values, firstAt, lastAt } of quarters.toSorted((a, b) => a.firstAt - b.firstAt)) {
    if (!last || firstAt - last.startedAt >= WINDOW_MS || firstAt - last.lastAt > WINDOW_MS)
      last = { startedAt: Math.floor(firstAt / HOUR_MS) * HOUR_MS, lastAt };
    last.lastAt = lastAt;
    starts.set(Number(values.quarter), last.startedAt);
  }
  return starts;
}

function startBlock(startedAt: number, firstAt: number): Block {
  return {
    startedAt,
    endsAt: startedAt + WINDOW_MS,
    firstAt,
    lastAt: firstAt,
    models: [],
    byModel: new Map(),
    active: false,
    burnRate: undefined,
    projection: undefined,
    ...noSpend(),
  };
}

function addToBlock(block: Block, sum: SpendSum<"quarter" | "model">): void {
  const model = String(sum.values.model);
  addSum(block, sum);
  block.lastAt = Math.max(block.lastAt, sum.lastAt);
  let spend = block.byModel.get(model);
  if (!spend) {
    block.byModel.set(model, (spend = noSpend()));
    block.models.push(model);
  }
  addSum(spend, sum);
}

function withRates(block: Block, now: number): Block {
  const active = now < block.endsAt && now - block.lastAt < WINDOW_MS;
  const minutes = (block.lastAt - block.firstAt) / MINUTE_MS;
  if (minutes === 0) return { ...block, active };
  const tokens = totalTokens(block.usage);
  const burnRate = { tokensPerMinute: tokens / minutes, nanoPerHour: (block.costNano * 60) / minutes };
  if (!active) return { ...block, active, burnRate };
  const remainingMs = Math.max(0, block.endsAt - now);
  const projection = {
    tokens: Math.round(tokens + (burnRate.tokensPerMinute * remainingMs) / MINUTE_MS),
    costNano: block.costNano + (burnRate.nanoPerHour * remainingMs) / HOUR_MS,
    remainingMs,
  };
  return { ...block, active, burnRate, projection };
}
