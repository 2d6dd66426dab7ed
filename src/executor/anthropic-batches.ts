import type Anthropic from "@anthropic-ai/sdk";
import { type AnthropicSenderOptions, connector, toAnswer, toParams, toSendError } from "./anthropic.ts";
import type { BatchOutcome, BatchSender, BatchState } from "./batch.ts";

/**
 * Creates a sender of batches, with the official SDK: half price, results within a day.
 *
 * @example
 * ```ts
 * import { createAnthropicBatches, createBatchRunner, createCatalogue, openBatches, openStore } from "rolecall";
 *
 * const store = openStore(":memory:");
 * const batches = createBatchRunner({
 *   sender: createAnthropicBatches(), // ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL
 *   catalogue: createCatalogue(),
 *   store: openBatches(store),
 * });
 * const items = [{ id: "cart", prompt: "Describe the cart" }];
 * const job = await batches.submit("docs", { taskType: "documentation", model: "sonnet", items });
 * console.log(job.batchId);
 * ```
 */
export function createAnthropicBatches(options: AnthropicSenderOptions = {}): BatchSender {
  const connect = connector(options);
  const call = async <T>(use: (batches: Anthropic.Messages.Batches) => Promise<T>): Promise<T> => {
    const { sdk, client } = await connect();
    try {
      return await use(client.messages.batches);
    } catch (thrown) {
      throw toSendError(sdk, thrown, false);
    }
  };
  return {
    provider: "anthropic",
    create: (requests) =>
      call(async (batches) => {
        const items = requests.map(({ id, request }) => ({ custom_id: id, params: toParams(request) }));
        return toBatchState(await batches.create({ requests: items }));
      }),
    read: (id) => call(async (batches) => toBatchState(await batches.retrieve(id))),
    list: (since) => call((batches) => listSince(batches, since)),
    results: (id) =>
      call(async (batches) => {
        const outcomes: BatchOutcome[] = [];
        for await (const { custom_id: item, result } of await batches.results(id))
          outcomes.push(toBatchOutcome(item, result));
        return outcomes;
      }),
  };
}

async function listSince(batches: Anthropic.Messages.Batches, since: number): Promise<BatchState[]> {
  const found: BatchState[] = [];
  for await (const batch of batches.list({ limit: 100 })) {
    const state = toBatchState(batch);
    if (state.createdAt < since) break;
    found.push(state);
  }
  return found;
}

function toBatchState(batch: Anthropic.Messages.MessageBatch): BatchState {
  const { canceled, errored, expired, processing, succeeded } = batch.request_counts;
  return {
    id: batch.id,
    createdAt: Date.parse(batch.created_at),
    items: canceled + errored + expired + processing + succeeded,
    ended: batch.processing_status === "ended",
  };
}

function toBatchOutcome(id: string, result: Anthropic.Messages.MessageBatchResult): BatchOutcome {
  if (result.type === "succeeded")
    return { id, answer: toAnswer(result.message, { model: result.message.model }) };
  if (result.type !== "errored")
    return { id, fault: { kind: "timeout" }, message: `the item was ${result.type}` };
  const { type, message } = result.error.error;
  return { id, fault: { kind: "stream", type }, message };
}
