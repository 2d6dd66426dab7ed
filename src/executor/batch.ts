import { createHash } from "node:crypto";
import type { Attempt, Failure, Telemetry } from "../domain/attempt.ts";
import type { BatchJob, BatchStore } from "../domain/batch.ts";
import type { NanoUsd } from "../domain/money.ts";
import { NO_USAGE } from "../domain/usage.ts";
import { InvalidInputError, type InputProblem, RolecallError } from "../errors.ts";
import { backoffMs, DEFAULT_RETRY } from "./backoff.ts";
import type { Catalogue, ExecutorModel } from "./catalogue.ts";
import { classify, FAILURE_RULES } from "./classify.ts";
import { type Clock, NEVER, SYSTEM_CLOCK } from "./clock.ts";
import { guessTokens, measurePrompt } from "./length.ts";
import { type Answer, SendError, type SendFault, type SendRequest, type StopReason } from "./sender.ts";
import { shapeRequest, type Wish } from "./shape.ts";
import { completeUsage } from "./usage.ts";

/** A batch as the backend reports it. */
export interface BatchState {
  id: string;
  /** ms since the epoch. */
  createdAt: number;
  /** Number of items. */
  items: number;
  ended: boolean;
}

/** The result of one item: an answer, or why there is none. */
export type BatchOutcome = { id: string; answer: Answer } | { id: string; fault: SendFault; message: string };

/** A backend that accepts batches. Its methods throw SendError. */
export interface BatchSender {
  readonly provider: string;
  create(requests: readonly { id: string; request: SendRequest }[]): Promise<BatchState>;
  read(id: string): Promise<BatchState>;
  /** Returns the batches made since a moment (ms since the epoch), newest first. */
  list(since: number): Promise<BatchState[]>;
  results(id: string): AsyncIterable<BatchOutcome>;
}

/** One piece of work that can wait. */
export type BatchItem = Omit<Wish, "messages"> & {
  /** Up to 64 letters, digits, - and _; unique in its batch. */
  id: string;
  prompt: string;
  /** Room for the answer in tokens (default 8192). */
  maxTokens?: number;
};

/** What a batch is to do. */
export interface BatchWork {
  /** The kind of work, for telemetry. */
  taskType: string;
  /** A tier, or an exact id. */
  model: string;
  items: readonly BatchItem[];
}

/** What became of one item. */
export interface BatchResult {
  id: string;
  /** The answer; undefined if there is none. */
  text?: string;
  stopReason?: StopReason;
  failure?: Failure;
  /** Nano-dollars (`toUsd` converts); undefined if the price is not known. */
  costNano?: NanoUsd;
}

/** What a batch runner is made of. */
export interface BatchRunnerOptions {
  sender: BatchSender;
  catalogue: Catalogue;
  /** Where jobs are kept. */
  store: BatchStore;
  /** Where attempts are recorded (default: nowhere). */
  telemetry?: Telemetry;
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

const DEFAULT_MAX_TOKENS = 8192;
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
  const { sender, catalogue, store, telemetry, clock = SYSTEM_CLOCK } = options;
  return {
    async submit(name, work) {
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
    },
    async collect(name, { pollMs = POLL_MS, signal = NEVER } = {}) {
      const job = store.load(name);
      const id = job?.batchId;
      if (job === undefined || id === undefined)
        throw new RolecallError(`the batch ${name} has not been sent`, {
          hint: "Submit it first, or check the name.",
        });
      while (!(await patiently(clock, signal, () => sender.read(id))).ended) {
        await clock.sleep(pollMs, signal);
        signal.throwIfAborted();
      }
      const outcomes = await patiently(clock, signal, () => gather(sender.results(id)));
      return outcomes.map((outcome) => {
        const attempt = attemptOf(job, sender.provider, outcome, catalogue);
        telemetry?.record(attempt);
        return resultOf(outcome, attempt);
      });
    },
  };
}

/**
 * Returns the most that a batch can cost in nano-dollars: every prompt by a guess that is rather too high, and every answer as
 * long as it may be. Undefined if the price is not known. Throws InvalidInputError for invalid items.
 */
export function estimateBatch(work: BatchWork, catalogue: Catalogue, at: number): NanoUsd | undefined {
  const facts = checkWork(work, catalogue);
  let total = 0;
  for (const item of work.items) {
    const { request } = requestOf(item, facts);
    const input = guessTokens(measurePrompt(wishOf(item)));
    const cached = request.system.some(({ cache }) => cache);
    const prompt = cached ? { cacheWrite1h: input } : { input };
    const usage = { ...NO_USAGE, ...prompt, output: request.maxTokens };
    total += catalogue.price(facts.id, usage, { at, batch: true }) ?? Number.NaN;
  }
  return Number.isNaN(total) ? undefined : total;
}

/** What the API accepts as the id of an item. */
const ITEM_ID = /^[\w-]{1,64}$/;

function checkWork({ model, items }: BatchWork, catalogue: Catalogue): ExecutorModel {
  const problems: InputProblem[] = [];
  const facts = catalogue.find(model);
  if (!facts)
    problems.push({ key: "model", message: "unknown model", found: model, expected: "a tier or an exact id" });
  const seen = new Set<string>();
  for (const { id, prompt } of items) {
    if (!ITEM_ID.test(id))
      problems.push({ key: id, message: "invalid id", expected: "up to 64 letters, digits, - and _" });
    if (seen.has(id)) problems.push({ key: id, message: "id used twice" });
    if (typeof prompt !== "string" || prompt.trim() === "") problems.push({ key: id, message: "no prompt" });
    seen.add(id);
  }
  if (items.length === 0) problems.push({ message: "a batch needs at least one item" });
  if (problems.length > 0 || !facts) throw new InvalidInputError("the batch", problems);
  return facts;
}

function hashOf({ model, items }: BatchWork): string {
  return createHash("sha256").update(JSON.stringify([model, items])).digest("hex");
}

function sameWork(job: BatchJob, hash: string): BatchJob {
  if (job.hash === undefined || job.hash === hash) return job;
  throw new RolecallError(`the batch ${job.name} was sent with other items`, {
    hint: "Use another name for the new items; collect the old ones under this one.",
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
      `${candidates.length} batches could be ${name}: ${candidates.map(({ id }) => id).join(", ")}`,
      { hint: "Sending again could pay twice. Collect them by hand, and use another name." },
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

async function gather<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of source) all.push(each);
  return all;
}

function wishOf({ prompt, id: _id, maxTokens: _room, ...wish }: BatchItem): Wish {
  return { ...wish, messages: [{ role: "user", content: prompt }] };
}

function requestOf(item: BatchItem, facts: ExecutorModel): { id: string; request: SendRequest } {
  const { request } = shapeRequest(wishOf(item), facts, item.maxTokens ?? DEFAULT_MAX_TOKENS);
  return { id: item.id, request };
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
