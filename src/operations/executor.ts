import { FAMILIES, isFamily, tierRank } from "../domain/model.ts";
import {
  createExecutor as createBareExecutor,
  type Executor,
  type ExecutorOptions,
  type MessageOf,
  type Senders,
} from "../executor/executor.ts";
import type { Catalogue, ExecutorModel } from "../executor/catalogue.ts";
import { TIER_MODELS } from "../models/catalogue.ts";
import type { ModelEntry, Rates } from "../models/entry.ts";
import { priceUsage } from "../models/price.ts";
import { requestRules } from "../models/request-rules.ts";
import { createModelTable, type ModelTable } from "../models/resolve.ts";
import { classifyPrompt } from "./route.ts";

type Supplied = "catalogue" | "classify";

/** Options of an executor; without a catalogue and a classifier it uses those that rolecall ships. */
export type CreateExecutorOptions<S extends Senders> = Omit<ExecutorOptions<S>, Supplied> &
  Partial<Pick<ExecutorOptions<S>, Supplied>>;

/**
 * Creates an executor: it sends requests along a policy, tries again, falls back and escalates, and records every attempt.
 * Throws InvalidInputError if the policy or a limit is invalid.
 *
 * @example
 * ```ts
 * import { createAnthropicSender, createExecutor, SONNET_TO_OPUS } from "rolecall";
 *
 * const executor = createExecutor({
 *   policy: SONNET_TO_OPUS,
 *   sender: createAnthropicSender(),
 *   budgets: { day: { hardUsd: 5 } },
 * });
 * const { text, model, costUsd } = await executor.run({ taskType: "review", prompt: "Review this: …" });
 * console.log(text, model, costUsd);
 * ```
 */
export function createExecutor<const S extends Senders>(
  options: CreateExecutorOptions<S>,
): Executor<MessageOf<S>> {
  const { catalogue = createCatalogue(), classify = classifyPrompt, ...rest } = options;
  return createBareExecutor<S>({ ...rest, catalogue, classify });
}

/**
 * Returns the models of a table (default: those that rolecall ships) as the executor sees them.
 *
 * @example
 * ```ts
 * import { createCatalogue } from "rolecall";
 *
 * const sonnet = createCatalogue().find("sonnet");
 * console.log(sonnet?.id, sonnet?.contextTokens);
 * ```
 */
export function createCatalogue(table: ModelTable = createModelTable()): Catalogue {
  const facts = new Map<string, ExecutorModel | undefined>();
  const find = (name: string): ExecutorModel | undefined => {
    if (!facts.has(name)) {
      const entry = table.find(isFamily(name) ? TIER_MODELS[name] : name);
      facts.set(name, entry && factsOf(entry));
    }
    return facts.get(name);
  };
  return {
    find,
    holding: (tokens, lowest) =>
      FAMILIES.filter((tier) => tierRank(tier) >= tierRank(lowest))
        .map(find)
        .find((model) => model !== undefined && model.contextTokens >= tokens),
    price(model, usage, terms) {
      const entry = table.find(model);
      return entry && priceUsage(entry, usage, terms);
    },
  };
}

function factsOf(entry: ModelEntry): ExecutorModel {
  return {
    ...requestRules(entry),
    id: entry.id,
    tier: entry.family,
    contextTokens: entry.context,
    maxOutputTokens: entry.maxOutput ?? DEFAULT_MAX_OUTPUT,
    efforts: entry.efforts ?? [],
    ...(entry.rates && { cacheFactors: cacheFactors(entry.rates) }),
  };
}

/** Every model of the catalogue without a number of its own is known to write this many tokens. */
const DEFAULT_MAX_OUTPUT = 4096;

function cacheFactors({
  input,
  cacheWrite5m,
  cacheWrite1h,
  cacheRead,
}: Rates): NonNullable<ExecutorModel["cacheFactors"]> {
  return { write5m: cacheWrite5m / input, write1h: cacheWrite1h / input, read: cacheRead / input };
}
