import { DAY_MS } from "../../domain/calendar.ts";
import type { Family } from "../../domain/model.ts";
import type { ModelEntry } from "../../models/entry.ts";
import type { ModelTable } from "../../models/resolve.ts";
import { referenceModel } from "../savings/counterfactual.ts";
import { createPricing, type SimulationPrices } from "./cost.ts";
import type { StepThread } from "./steps.ts";

/** A model that was used so recently is still in use. */
const RECENT_MS = 30 * DAY_MS;

/**
 * Prices all requests at today's prices of the models in use: of each family the one of the latest request, if that was
 * made in the last 30 days, and otherwise the one that its alias means today. `now` is in ms since the epoch.
 */
export function pricesOfToday(
  threads: readonly StepThread[],
  models: ModelTable,
  now: number,
): SimulationPrices {
  const day = new Date(now).toISOString().slice(0, 10);
  const latest = latestOfFamilies(threads, models, now);
  const inUse = (family: Family): ModelEntry | undefined =>
    latest.get(family)?.entry ?? referenceModel(models, family, day);
  const known = new Map<string, ModelEntry | undefined>();
  return createPricing({
    models,
    at: now,
    modelOf: (tier) => referenceModel(models, tier, day),
    modelFor(model) {
      if (!known.has(model)) {
        const served = models.find(model);
        known.set(model, served && inUse(served.family));
      }
      return known.get(model);
    },
  });
}

function latestOfFamilies(threads: readonly StepThread[], models: ModelTable, now: number) {
  const latest = new Map<Family, { at: number; entry: ModelEntry }>();
  for (const { steps } of threads)
    for (const { request } of steps) {
      const entry = request.at >= now - RECENT_MS ? models.find(request.model) : undefined;
      const before = entry && latest.get(entry.family);
      if (entry?.rates && (!before || before.at <= request.at))
        latest.set(entry.family, { at: request.at, entry });
    }
  return latest;
}
