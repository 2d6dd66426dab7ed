import type { LedgerRequest, LedgerThread } from "../../domain/ledger-input.ts";
import type { LedgerRow, LossCause } from "../../domain/ledger.ts";
import type { Tier } from "../../domain/model.ts";

/** Tokens that a change adds beside the requests of a thread: a compaction, look-ups, an agent's work. */
export interface Extra {
  /** Undefined for the model of the step. */
  tier?: Tier;
  /** Tokens of the longest prompt among the requests that it stands for. */
  prompt: number;
  input: number;
  output: number;
  read: number;
  write: number;
}

/** One request as a simulation sees it: what changes can change, and the request and row that it came from. */
export interface SimulationStep {
  request: LedgerRequest;
  row: LedgerRow;
  /** Counts; the others, copies of other threads and requests outside of the period, only fill the context. */
  isPaid: boolean;
  /** Tokens of the whole prompt. */
  prompt: number;
  base: number;
  /** Share of written tokens that stay for an hour. */
  hourly: number;
  /** The cache that the step before left was lost. */
  loss: LossCause | undefined;
  /** Tokens read at the first step of a thread and after a loss. */
  survives: number;
  /** Tokens that were expected in the cache and not read, without a loss. */
  short: number;
  /** The tier that a change moves it to. */
  tier: Tier | undefined;
  /** Number of times its cost is paid: above 1 if a part of the work is done again. */
  times: number;
  /** Results were taken out of the context before it. */
  withoutResults: boolean;
  extras: readonly Extra[];
}

/** A thread ready to be simulated. */
export interface StepThread {
  session: string;
  project: string;
  file: string;
  /** Empty for the main thread. */
  agentId: string;
  agentType: string;
  steps: readonly SimulationStep[];
  /** The requests that were billed with it at other models; no change concerns them. */
  parts: readonly LedgerRequest[];
}

const NO_EXTRAS: readonly Extra[] = [];

/** Returns the steps of a thread; `rows` are those of its ledger, `counts` says which requests are paid for. */
export function toSteps(
  thread: LedgerThread,
  rows: readonly LedgerRow[],
  counts: (request: LedgerRequest) => boolean = () => true,
): StepThread {
  const { session, project, file, agentId, agentType, requests } = thread;
  const steps: SimulationStep[] = [];
  for (const row of rows) {
    const request = requests[row.index] as LedgerRequest;
    if (!request.part) steps.push(toStep(request, row, steps.at(-1), counts(request)));
  }
  const parts = requests.filter((request) => request.part && !request.copied && counts(request));
  return { session, project, file, agentId, agentType, steps, parts };
}

function toStep(
  request: LedgerRequest,
  row: LedgerRow,
  before: SimulationStep | undefined,
  counts: boolean,
): SimulationStep {
  const { usage } = request;
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  const { prompt, base, loss } = row;
  return {
    request,
    row,
    isPaid: counts && !request.copied,
    prompt,
    base,
    hourly: written > 0 ? usage.cacheWrite1h / written : (before?.hourly ?? 0),
    loss: loss?.cause,
    survives: usage.cacheRead,
    short: before && !loss ? expectedRead(before, prompt) - usage.cacheRead : 0,
    tier: undefined,
    times: 1,
    withoutResults: false,
    extras: NO_EXTRAS,
  };
}

/** Tokens that a prompt would read if nothing was lost since the step before. */
export function expectedRead({ prompt, request }: SimulationStep, next: number): number {
  return Math.min(prompt - request.usage.input, next);
}
