import { FAMILIES, isFamily, tierRank } from "../domain/model.ts";
import {
  createExecutor as createBareExecutor,
  type Executor,
  type ExecutorOptions,
  type MessageOf,
} from "../executor/executor.ts";
import type { Catalogue, ModelFacts } from "../executor/catalogue.ts";
import type { Sender } from "../executor/sender.ts";
import { TIER_MODELS } from "../models/catalogue.ts";
import type { ModelEntry, Rates } from "../models/entry.ts";
import { priceUsage } from "../models/price.ts";
import { requestRules } from "../models/request-rules.ts";
import { createModelTable, type ModelTable } from "../models/resolve.ts";
import { classifyPrompt } from "./route.ts";

type Supplied = "catalogue" | "classify";

/**
 * Makes an executor over the built-in catalogue and classifier. Throws InvalidInputError if the policy cannot be carried
 * out.
 */
export function createExecutor<const S extends Sender | readonly Sender[]>(
  options: Omit<ExecutorOptions<S>, Supplied> & Partial<Pick<ExecutorOptions<S>, Supplied>>,
): Executor<MessageOf<S>> {
  const { catalogue = createCatalogue(), classify = classifyPrompt, ...rest } = options;
  return createBareExecutor<S>({ ...rest, catalogue, classify });
}

/** The models of `table` as the executor sees them. */
export function createCatalogue(table: ModelTable = createModelTable()): Catalogue {
  const facts = new Map<string, ModelFacts | undefined>();
  const find = (name: string): ModelFacts | undefined => {
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

function factsOf(entry: ModelEntry): ModelFacts {
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

/** What every model of the catalogue without a figure of its own is known to manage. */
const DEFAULT_MAX_OUTPUT = 4096;

function cacheFactors({
  input,
  cacheWrite5m,
  cacheWrite1h,
  cacheRead,
}: Rates): NonNullable<ModelFacts["cacheFactors"]> {
  return { write5m: cacheWrite5m / input, write1h: cacheWrite1h / input, read: cacheRead / input };
}
