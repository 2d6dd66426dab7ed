import type Anthropic from "@anthropic-ai/sdk";
import { type AnthropicSenderOptions, connector, toAnswer, toParams } from "./anthropic.ts";
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
  const open = async () => (await connect()).client.messages.batches;
  return {
    provider: "anthropic",
    async create(requests) {
      const batches = await open();
      return toBatchState(
        await batches.create({
          requests: requests.map(({ id, request }) => ({ custom_id: id, params: toParams(request) })),
        }),
      );
    },
    async read(id) {
      return toBatchState(await (await open()).retrieve(id));
    },
    async list(since) {
      const found: BatchState[] = [];
      for await (const batch of (await open()).list({ limit: 100 })) {
        const state = toBatchState(batch);
        if (state.createdAt < since) break;
        found.push(state);
      }
      return found;
    },
    async *results(id) {
      for await (const { custom_id: item, result } of await (await open()).results(id))
        yield toBatchOutcome(item, result);
    },
  };
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
