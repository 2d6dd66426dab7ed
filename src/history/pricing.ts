import { FLAG, type RequestContext } from "../domain/file-scan.ts";
import { priceUsage } from "../models/price.ts";
import type { ModelTable } from "../models/resolve.ts";
import type { ContextPricing, Pricing } from "../store/requests.ts";

/** Counts up when the rules of pricing change, so that the costs that are kept are computed again. */
const RULES = 1;

/** Prices requests by the model that served, on the day of the request (docs/definitions.md, Cost). */
export function createPricing(models: ModelTable): Pricing {
  const find = ({ served, flags }: RequestContext) =>
    models.find(served, { firstParty: (flags & FLAG.firstParty) !== 0 });
  const known = new Map<string, ContextPricing>();
  return {
    fingerprint: JSON.stringify([RULES, models.entries]), // hashing it takes longer than comparing it
    promptBorders: models.promptBorders,
    of(context) {
      const key = `${context.flags} ${context.served}`;
      let own = known.get(key);
      if (!own) known.set(key, (own = pricingOf(context)));
      return own;
    },
  };

  function pricingOf(context: RequestContext): ContextPricing {
    const entry = find(context);
    const terms = { at: 0, ...termsOf(context.flags) };
    return {
      model: entry?.id ?? context.served,
      cost(at, usage) {
        terms.at = at;
        return entry && priceUsage(entry, usage, terms);
      },
    };
  }
}

/** Returns what the flags of a context state about its price. */
export function termsOf(flags: number): { fast: boolean; usOnly: boolean; batch: boolean } {
  return {
    fast: (flags & FLAG.fast) !== 0,
    usOnly: (flags & FLAG.usOnly) !== 0,
    batch: (flags & FLAG.batch) !== 0,
  };
}
