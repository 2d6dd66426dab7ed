import type { NanoUsd } from "../domain/money.ts";
import type { Period } from "../domain/period.ts";
import { totalTokens } from "../domain/usage.ts";
import { readRequests, type SpentRequest } from "../store/each-request.ts";
import { FLAG } from "../domain/file-scan.ts";
import type { OpenedHistory } from "../history/open-history.ts";
import { type Filters, matchesWhere, toWhere } from "../history/filters.ts";
import { addSum, noSpend, type Spend } from "./spend.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** How long a window lasts: that of a subscription's limits. */
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
  active: boolean;
  /** From its first request to its last; undefined if both are the same moment. */
  burnRate: BurnRate | undefined;
  /** What an active window comes to by its end, if it goes on at its burn rate. */
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

/**
 * The windows with a request in the period that the filters let through, oldest first. Period and filters choose what is
 * counted; where windows begin and end is up to all requests, as it is for the limits. `from`: a moment (ms since the epoch) that no
 * window goes across, so that no earlier request has to be read.
 */
export function readBlocks(
  history: OpenedHistory,
  period: Period,
  filters: Filters,
  now: number,
  from?: number,
): Block[] {
  const keep = matchesWhere(toWhere(history, filters));
  const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = period;
  const blocks: Block[] = [];
  let last: { startedAt: number; block: Block | undefined; lastAt: number } | undefined;
  for (const request of readRequests(
    history.store,
    from === undefined ? {} : { since: from },
    history.accounts,
  )) {
    const { at } = request;
    if (!last || at - last.startedAt > WINDOW_MS || at - last.lastAt > WINDOW_MS)
      last = { startedAt: Math.floor(at / HOUR_MS) * HOUR_MS, block: undefined, lastAt: at };
    last.lastAt = at;
    if (at < since || at >= until || !keep(request)) continue;
    if (!last.block) blocks.push((last.block = startBlock(last.startedAt, at)));
    addRequest(last.block, request);
  }
  return blocks.map((block) => withRates(block, now));
}

function startBlock(startedAt: number, firstAt: number): Block {
  return {
    startedAt,
    endsAt: startedAt + WINDOW_MS,
    firstAt,
    lastAt: firstAt,
    models: [],
    active: false,
    burnRate: undefined,
    projection: undefined,
    ...noSpend(),
  };
}

function addRequest(block: Block, request: SpentRequest): void {
  addSum(block, { ...request, requests: request.flags & FLAG.part ? 0 : 1 });
  block.lastAt = request.at;
  if (!block.models.includes(request.model)) block.models.push(request.model);
}

function withRates(block: Block, now: number): Block {
  const active = now <= block.endsAt && now - block.lastAt < WINDOW_MS;
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
