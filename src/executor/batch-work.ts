import { createHash } from "node:crypto";
import type { NanoUsd } from "../domain/money.ts";
import { NO_USAGE } from "../domain/usage.ts";
import { InvalidInputError, type InputProblem } from "../errors.ts";
import type { Catalogue, ExecutorModel } from "./catalogue.ts";
import { guessTokens, measurePrompt } from "./length.ts";
import type { SendRequest } from "./sender.ts";
import { shapeRequest, type Wish } from "./shape.ts";

/** One piece of work that can wait. */
export type BatchItem = Omit<Wish, "messages"> & {
  /** Up to 64 letters, digits, - and _; unique in its batch. */
  id: string;
  /** The prompt of the item. */
  prompt: string;
  /** Most tokens of the answer (default 8192). */
  maxTokens?: number;
};

/** The work of a batch. */
export interface BatchWork {
  /** The kind of work, for telemetry. */
  taskType: string;
  /** A tier, or an exact id. */
  model: string;
  /** The pieces of work: at least one. */
  items: readonly BatchItem[];
}

/**
 * Returns the most that a batch can cost in nano-dollars: every prompt by a guess that is rather too high, and every answer as
 * long as it may be. Undefined if the price is not known. Throws InvalidInputError for invalid items.
 *
 * @example
 * ```ts
 * import { createCatalogue, estimateBatch, toUsd } from "rolecall";
 *
 * const items = [{ id: "cart", prompt: "Describe the cart", maxTokens: 1000 }];
 * const work = { taskType: "documentation", model: "sonnet", items };
 * console.log(toUsd(estimateBatch(work, createCatalogue(), Date.now()) ?? 0));
 * ```
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

const DEFAULT_MAX_TOKENS = 8192;

function wishOf({ prompt, id: _id, maxTokens: _room, ...wish }: BatchItem): Wish {
  return { ...wish, messages: [{ role: "user", content: prompt }] };
}

/** Returns an item as the model takes it. */
export function requestOf(item: BatchItem, facts: ExecutorModel): { id: string; request: SendRequest } {
  const { request } = shapeRequest(wishOf(item), facts, item.maxTokens ?? DEFAULT_MAX_TOKENS);
  return { id: item.id, request };
}

/** Ids of items that the API accepts. */
const ITEM_ID = /^[\w-]{1,64}$/;

/** Returns the model of a batch. Throws InvalidInputError with every problem of its items. */
export function checkWork({ model, items }: BatchWork, catalogue: Catalogue): ExecutorModel {
  const problems: InputProblem[] = [];
  const facts = catalogue.find(model);
  if (!facts)
    problems.push({
      key: "model",
      message: "unknown model",
      found: model,
      expected: "a tier or an exact id",
    });
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

/** Returns a hash that differs for other work under the same name. */
export function hashOf({ model, items }: BatchWork): string {
  return createHash("sha256")
    .update(JSON.stringify([model, items]))
    .digest("hex");
}
