import type { Tier } from "../../domain/model.ts";
import type { LedgerRequest, LedgerThread, Trigger } from "../../domain/ledger-input.ts";
import type { AnswerCalls, LedgerRow, LossCause, ResultTokens, Sign } from "../../domain/ledger.ts";

/** Tokens that a change adds beside the requests of a thread: a compaction, look-ups, an agent's work. */
export interface Extra {
  /** Undefined for the model of the step. */
  tier?: Tier;
  input: number;
  output: number;
  read: number;
  write: number;
}

/** One request as a simulation sees it: what it adds and what the cache did, so that its cost can be worked out anew. */
export interface Step {
  /** ms since the epoch. */
  at: number;
  line: number;
  model: string;
  /** The tier that a change moves it to. */
  tier?: Tier;
  /** How often its cost is paid: above 1 where a part of the work is done again. */
  times: number;
  fast: boolean;
  usOnly: boolean;
  batch: boolean;
  /** Tokens of the whole prompt. */
  prompt: number;
  input: number;
  output: number;
  searches: number;
  /** Share of written tokens that stay for an hour. */
  hourly: number;
  /** The cache that the step before left was lost. */
  loss?: LossCause;
  /** Tokens read at the first step of a thread and after a loss. */
  survives: number;
  /** Tokens that were expected in the cache and not read, without a loss. */
  short: number;
  base: number;
  turn: number;
  trigger: Trigger;
  calls: AnswerCalls;
  results: readonly ResultTokens[];
  signs: readonly Sign[];
  /** A notification came before it, and no prompt. */
  isWoken: boolean;
  isFirst: boolean;
  isCut: boolean;
  isCommitted: boolean;
  /** Fills the context; another thread pays for it. */
  isCopied: boolean;
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
  steps: readonly Step[];
  /** What was billed with its requests at other models; no change concerns it. */
  parts: readonly LedgerRequest[];
}

/** Returns the steps of a thread; `rows` are those of its ledger. */
export function toSteps(thread: LedgerThread, rows: readonly LedgerRow[]): StepThread {
  const { session, project, file, agentId, agentType, requests } = thread;
  const steps: Step[] = [];
  for (const row of rows) {
    const request = requests[row.index] as LedgerRequest;
    if (!request.part) steps.push(toStep(request, row, steps.at(-1)));
  }
  const parts = requests.filter(({ part, copied }) => part && !copied);
  return { session, project, file, agentId, agentType, steps, parts };
}

function toStep(request: LedgerRequest, row: LedgerRow, before: Step | undefined): Step {
  const { usage } = request;
  const written = usage.cacheWrite5m + usage.cacheWrite1h;
  const { prompt, base, turn, trigger, calls, results, isFirst, isCut, isCommitted, isWoken, signs, loss } =
    row;
  return {
    at: request.at,
    line: request.line,
    model: request.model,
    times: 1,
    fast: request.fast ?? false,
    usOnly: request.usOnly ?? false,
    batch: request.batch ?? false,
    prompt,
    input: usage.input,
    output: usage.output,
    searches: usage.webSearches,
    hourly: written > 0 ? usage.cacheWrite1h / written : (before?.hourly ?? 0),
    ...(loss && { loss: loss.cause }),
    survives: usage.cacheRead,
    short: before && !loss ? expectedRead(before, prompt) - usage.cacheRead : 0,
    base,
    turn,
    trigger,
    calls,
    results,
    signs,
    isWoken,
    isFirst,
    isCut,
    isCommitted,
    isCopied: request.copied ?? false,
    extras: [],
  };
}

/** Tokens that a prompt would read if nothing was lost since the step before. */
export function expectedRead(before: Pick<Step, "prompt" | "input">, prompt: number): number {
  return Math.min(before.prompt - before.input, prompt);
}
