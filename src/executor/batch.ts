import type { Attempt, Failure, Telemetry } from "../domain/attempt.ts";
import type { BatchJob, BatchStore } from "../domain/batch.ts";
import type { NanoUsd } from "../domain/money.ts";
import { NO_USAGE } from "../domain/usage.ts";
import { RolecallError } from "../errors.ts";
import { backoffMs, DEFAULT_RETRY } from "./backoff.ts";
import { type BatchWork, checkWork, hashOf, requestOf } from "./batch-work.ts";
import type { Catalogue } from "./catalogue.ts";
import { classify, FAILURE_RULES } from "./classify.ts";
import { type Clock, NEVER, SYSTEM_CLOCK } from "./clock.ts";
import { type Answer, SendError, type SendFault, type SendRequest, type StopReason } from "./sender.ts";
import { completeUsage } from "./usage.ts";

/** A batch as the backend reports it. */
export interface BatchState {
  /** The backend's ID. */
  id: string;
  /** ms since the epoch. */
  createdAt: number;
  /** Number of items. */
  items: number;
  /** Whether results can be read. */
  ended: boolean;
}

/** The outcome of one item: an answer, or the reason why it is missing. */
export type BatchOutcome = { id: string; answer: Answer } | { id: string; fault: SendFault; message: string };

/** A backend that accepts batches. Its methods throw SendError. */
export interface BatchSender {
  /** The name under which attempts are recorded. */
  readonly provider: string;
  /** Sends a batch, once. */
  create(requests: readonly { id: string; request: SendRequest }[]): Promise<BatchState>;
  /** Returns the state of a batch. */
  read(id: string): Promise<BatchState>;
  /** Returns the batches made since a moment (ms since the epoch), newest first. */
  list(since: number): Promise<BatchState[]>;
  /** Returns the outcome of each item of a batch that has ended, in any order. */
  results(id: string): Promise<readonly BatchOutcome[]>;
}

/** The result of one item. */
export interface BatchResult {
  /** ID of the item. */
  id: string;
  /** The answer, or undefined. */
  text?: string;
  /** The reason why the model stopped; undefined without an answer. */
  stopReason?: StopReason;
  /** The kind of error, if no answer came. */
  failure?: Failure;
  /** Nano-dollars (`toUsd` converts); undefined if the price is not known. */
  costNano?: NanoUsd;
}

/** Options of a batch runner. */
export interface BatchRunnerOptions {
  /** The backend that does the work. */
  sender: BatchSender;
  /** The models and their prices. */
  catalogue: Catalogue;
  /** Remembers jobs. */
  store: BatchStore;
  /** Records attempts (default: nothing does). */
  telemetry?: Telemetry;
  /** Time; tests pass their own. */
  clock?: Clock;
}

/** Work at half price: sent now, collected within a day. */
export interface BatchRunner {
  /**
   * Sends the items once. The same name again, after a crash as well, finds what was sent and sends nothing. Throws
   * RolecallError if the name was used for other items, and InvalidInputError for invalid items.
   */
  submit(name: string, work: BatchWork): Promise<BatchJob>;
  /** Waits for the end and returns every result. It may be called again. */
  collect(name: string, options?: { pollMs?: number; signal?: AbortSignal }): Promise<BatchResult[]>;
}

const POLL_MS = 60_000;

/**
 * Creates a runner of batches.
 *
 * @example
 * ```ts
 * import { createAnthropicBatches, createBatchRunner, createCatalogue, openBatches, openStore } from "rolecall";
 *
 * const batches = createBatchRunner({
 *   sender: createAnthropicBatches(),
 *   catalogue: createCatalogue(),
 *   store: openBatches(openStore(":memory:")),
 * });
 * const items = [{ id: "cart", prompt: "Describe the cart" }];
 * await batches.submit("docs", { taskType: "documentation", model: "sonnet", items });
 * console.log(await batches.collect("docs"));
 * ```
 */
export function createBatchRunner(options: BatchRunnerOptions): BatchRunner {
  return {
    submit: (name, work) => submit(options, name, work),
    collect: (name, settings = {}) => collect(options, name, settings),
  };
}

async function submit(
  { sender, catalogue, store, clock = SYSTEM_CLOCK }: BatchRunnerOptions,
  name: string,
  work: BatchWork,
): Promise<BatchJob> {
  const facts = checkWork(work, catalogue);
  const hash = hashOf(work);
  const known = store.load(name);
  if (known?.batchId !== undefined) return sameWork(known, hash);
  const found = known && (await findSent(sender, known, store));
  const { taskType, items } = work;
  const job: BatchJob = known ?? {
    name,
    taskType,
    model: facts.id,
    at: clock.now(),
    items: items.length,
    hash,
  };
  if (!found) store.save({ ...job, at: clock.now(), hash });
  const state = found ?? (await sender.create(items.map((item) => requestOf(item, facts))));
  const sent = { ...job, hash, batchId: state.id };
  store.save(sent);
  return sent;
}

async function collect(
  { sender, catalogue, store, telemetry, clock = SYSTEM_CLOCK }: BatchRunnerOptions,
  name: string,
  { pollMs = POLL_MS, signal = NEVER }: { pollMs?: number; signal?: AbortSignal },
): Promise<BatchResult[]> {
  const job = store.load(name);
  const id = job?.batchId;
  if (job === undefined || id === undefined)
    throw new RolecallError(`batch: never sent "${name}"`, {
      hint: "Try to submit it first, or another name.",
    });
  while (!(await patiently(clock, signal, () => sender.read(id))).ended) {
    await clock.sleep(pollMs, signal);
    signal.throwIfAborted();
  }
  const outcomes = await patiently(clock, signal, () => sender.results(id));
  return outcomes.map((outcome) => {
    const attempt = attemptOf(job, sender.provider, outcome, catalogue);
    telemetry?.record(attempt);
    return resultOf(outcome, attempt);
  });
}

function sameWork(job: BatchJob, hash: string): BatchJob {
  if (job.hash === undefined || job.hash === hash) return job;
  throw new RolecallError(`batch: other items were sent as "${job.name}"`, {
    hint: "Try another name for the new items, and collect the old ones under this name.",
  });
}

/** Clocks of two machines differ by less than this. */
const SKEW_MS = 5000;

/** After a crash between sending and recording the id: the one batch since then, of the same size and no other job, is it. */
async function findSent(
  sender: BatchSender,
  { name, at, items }: BatchJob,
  store: BatchStore,
): Promise<BatchState | undefined> {
  const others = new Set(store.list().map(({ batchId }) => batchId));
  const candidates = (await sender.list(at - SKEW_MS)).filter(
    (state) => state.items === items && !others.has(state.id),
  );
  if (candidates.length > 1)
    throw new RolecallError(
      `batch: ${candidates.length} batches could be "${name}": ${candidates.map(({ id }) => id).join(", ")}`,
      { hint: "Try to collect them by hand, and use another name: sending again could pay twice." },
    );
  return candidates[0];
}

/** Looks again after errors that may pass: reading costs nothing, and the answers are paid for. */
async function patiently<T>(clock: Clock, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
  for (let retry = 0; ; retry++)
    try {
      return await read();
    } catch (thrown) {
      const { retries } = DEFAULT_RETRY;
      if (!(thrown instanceof SendError) || !FAILURE_RULES[classify(thrown.fault)].retry) throw thrown;
      const delayMs = backoffMs(retry, thrown.fault.retryAfterMs, DEFAULT_RETRY, Math.random);
      if (retry === retries || delayMs === undefined) throw thrown;
      await clock.sleep(delayMs, signal);
      signal.throwIfAborted();
    }
}

/** Its id is made of the job's and the item's, so that collecting twice counts once. */
function attemptOf(job: BatchJob, provider: string, outcome: BatchOutcome, catalogue: Catalogue): Attempt {
  const answer = "answer" in outcome ? outcome.answer : undefined;
  const tier = catalogue.find(job.model)?.tier;
  const { usage, estimated } = answer ? usageOf(answer) : { usage: NO_USAGE, estimated: false };
  const costNano = answer ? catalogue.price(answer.model, usage, { at: job.at, batch: true }) : 0;
  return {
    id: `${job.batchId}:${outcome.id}`,
    run: `${job.batchId}:${outcome.id}`,
    source: "batch",
    taskType: job.taskType,
    policy: "batch",
    index: 0,
    step: 0,
    cause: "first",
    provider,
    model: job.model,
    ...(tier && { tier }),
    streamed: false,
    at: job.at,
    delayMs: 0,
    latencyMs: 0,
    result: answer ? BATCH_RESULTS[answer.stopReason] : "failed",
    usage,
    ...(estimated && { estimated: true }),
    ...(answer && { servedModel: answer.model, messageId: answer.id }),
    ...("fault" in outcome && { failure: classify(outcome.fault), reason: outcome.message }),
    ...(costNano !== undefined && { costNano }),
  };
}

/** The prompts of a batch are not kept, so only what was written can be estimated. */
function usageOf({ usage, text, writtenBytes = Buffer.byteLength(text) }: Answer) {
  return completeUsage(usage, { prompt: 0, writtenBytes, maxTokens: Number.POSITIVE_INFINITY });
}

const BATCH_RESULTS: Readonly<Record<StopReason, Attempt["result"]>> = {
  end: "accepted",
  tool_use: "accepted",
  pause: "accepted",
  max_tokens: "truncated",
  refusal: "refused",
  overflow: "overflow",
};

function resultOf(outcome: BatchOutcome, { failure, costNano }: Attempt): BatchResult {
  const answer = "answer" in outcome ? outcome.answer : undefined;
  return {
    id: outcome.id,
    ...(answer && { text: answer.text, stopReason: answer.stopReason }),
    ...(failure && { failure }),
    ...(costNano !== undefined && { costNano }),
  };
}
