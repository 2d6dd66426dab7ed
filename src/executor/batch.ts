import type { Attempt, Failure, Telemetry } from "../domain/attempt.ts";
import type { BatchJob, BatchStore } from "../domain/batch.ts";
import { NO_USAGE } from "../domain/usage.ts";
import { InvalidInputError, type InputProblem, RolecallError } from "../errors.ts";
import type { Catalogue, ModelFacts } from "./catalogue.ts";
import { classify } from "./classify.ts";
import { type Clock, SYSTEM_CLOCK } from "./clock.ts";
import type { Answer, SendFault, SendRequest, StopReason } from "./sender.ts";
import { shapeRequest, type Wish } from "./shape.ts";

/** A batch as the backend reports it. */
export interface BatchState {
  id: string;
  /** ms since the epoch. */
  createdAt: number;
  items: number;
  ended: boolean;
}

/** The result of one item: an answer, or why there is none. */
export type BatchOutcome = { id: string; answer: Answer } | { id: string; fault: SendFault; message: string };

/** A backend that takes batches. */
export interface BatchSender {
  readonly provider: string;
  create(requests: readonly { id: string; request: SendRequest }[]): Promise<BatchState>;
  read(id: string): Promise<BatchState>;
  /** Batches made since a moment, newest first. */
  list(since: number): Promise<BatchState[]>;
  results(id: string): AsyncIterable<BatchOutcome>;
}

/** One piece of work that can wait. */
export type BatchItem = Omit<Wish, "messages"> & { id: string; prompt: string; maxTokens?: number };

export interface BatchResult {
  id: string;
  text?: string;
  stopReason?: StopReason;
  failure?: Failure;
  costNano?: number;
}

export interface BatchRunnerOptions {
  sender: BatchSender;
  catalogue: Catalogue;
  store: BatchStore;
  telemetry?: Telemetry;
  clock?: Clock;
}

/** Work at half price: sent now, collected within a day. */
export interface BatchRunner {
  /** Sends the items once. The same name again, after a crash as well, finds what was sent and sends nothing. */
  submit(
    name: string,
    work: { taskType: string; model: string; items: readonly BatchItem[] },
  ): Promise<BatchJob>;
  /** Waits for the end and gives every result; may be called again. */
  collect(name: string, options?: { pollMs?: number; signal?: AbortSignal }): Promise<BatchResult[]>;
}

const DEFAULT_MAX_TOKENS = 8192;
const POLL_MS = 60_000;

export function createBatchRunner(options: BatchRunnerOptions): BatchRunner {
  const { sender, catalogue, store, telemetry, clock = SYSTEM_CLOCK } = options;
  return {
    async submit(name, { taskType, model, items }) {
      const facts = catalogue.find(model);
      if (!facts) throw new RolecallError(`${model} is not a model of the catalogue`);
      checkItems(items);
      const known = store.load(name);
      if (known?.batchId) return known;
      const found = known && (await findSent(sender, known, store));
      const job: BatchJob = known ?? {
        name,
        taskType,
        model: facts.id,
        at: clock.now(),
        items: items.length,
      };
      if (!found) store.save({ ...job, at: clock.now() });
      const state = found ?? (await sender.create(items.map((item) => requestOf(item, facts))));
      const sent = { ...job, batchId: state.id };
      store.save(sent);
      return sent;
    },
    async collect(name, { pollMs = POLL_MS, signal = new AbortController().signal } = {}) {
      const job = store.load(name);
      if (!job?.batchId) throw new RolecallError(`no batch of the name ${name} has been sent`);
      while (!(await sender.read(job.batchId)).ended) {
        await clock.sleep(pollMs, signal);
        signal.throwIfAborted();
      }
      const results: BatchResult[] = [];
      for await (const outcome of sender.results(job.batchId)) {
        const attempt = attemptOf(job, sender.provider, outcome, catalogue);
        telemetry?.record(attempt);
        results.push(resultOf(outcome, attempt));
      }
      return results;
    },
  };
}

/** What the API takes as the id of an item. */
const ITEM_ID = /^[\w-]{1,64}$/;

function checkItems(items: readonly BatchItem[]): void {
  const problems: InputProblem[] = [];
  const seen = new Set<string>();
  for (const { id } of items) {
    if (!ITEM_ID.test(id))
      problems.push({ key: id, message: "not an id", expected: "up to 64 letters, digits, - and _" });
    if (seen.has(id)) problems.push({ key: id, message: "used twice" });
    seen.add(id);
  }
  if (items.length === 0) problems.push({ message: "a batch needs at least one item" });
  if (problems.length > 0) throw new InvalidInputError("the items of the batch", problems);
}

/** Clocks of two machines differ by less than this. */
const SKEW_MS = 5000;

/** A crash between sending and writing the id down: the one batch since then, of the same size and of no other job, is it. */
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
      {
        hint: "Sending again could pay twice. Collect them by hand, and use another name.",
      },
    );
  return candidates[0];
}

function requestOf(
  { id, prompt, maxTokens, ...wish }: BatchItem,
  facts: ModelFacts,
): { id: string; request: SendRequest } {
  const whole: Wish = { ...wish, messages: [{ role: "user", content: prompt }] };
  return { id, request: shapeRequest(whole, facts, maxTokens ?? DEFAULT_MAX_TOKENS).request };
}

/** Its id is made of the job's and the item's, so that collecting twice counts once. */
function attemptOf(job: BatchJob, provider: string, outcome: BatchOutcome, catalogue: Catalogue): Attempt {
  const answer = "answer" in outcome ? outcome.answer : undefined;
  const tier = catalogue.find(job.model)?.tier;
  const costNano = answer ? catalogue.price(answer.model, answer.usage, { at: job.at, batch: true }) : 0;
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
    usage: answer?.usage ?? NO_USAGE,
    ...(answer && { servedModel: answer.model, messageId: answer.id }),
    ...("fault" in outcome && { failure: classify(outcome.fault), reason: outcome.message }),
    ...(costNano !== undefined && { costNano }),
  };
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
