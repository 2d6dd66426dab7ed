import type { RequestContext } from "../domain/file-scan.ts";
import type { Usage } from "../domain/usage.ts";
import type { Tables } from "./open.ts";
import { type ContextPricing, idsOf, type Pricing } from "./requests.ts";
import { selectUsage } from "./usage-columns.ts";

/** Returns whether the costs that are kept were computed with other prices. */
export function pricesChanged({ db }: Tables, { fingerprint }: Pricing): boolean {
  return db.prepare("SELECT value FROM meta WHERE key = 'prices'").pluck().get() !== fingerprint;
}

/**
 * Computes every cost again, and looks up the models of all contexts, since a price file can give a spelling to a model. The sums are to
 * be rebuilt afterwards, for prompt lengths can have other borders. Must run inside a transaction.
 */
export function repriceAll({ db }: Tables, pricing: Pricing): void {
  const prices = new Map<number, ContextPricing>();
  const name = db.prepare("UPDATE context SET model = ? WHERE id = ? AND model <> ?");
  for (const { id, ...context } of db.prepare<[], RequestContext & { id: number }>(CONTEXTS).all()) {
    const price = pricing.of(context);
    prices.set(id, price);
    name.run(price.model, id, price.model);
  }
  const update = db.prepare("UPDATE request SET cost = ? WHERE id = ?");
  const read = db.prepare<[number, number], PricedRow>(REQUESTS);
  for (const transcript of db.prepare<[], number>("SELECT id FROM transcript").pluck().all()) {
    const { from, to } = idsOf(transcript);
    for (const { id, context, at, cost, ...usage } of read.all(from, to)) {
      const now = prices.get(context)?.cost(at, usage) ?? null;
      if (now !== cost) update.run(now, id);
    }
  }
  const keep = db.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)");
  keep.run("prices", pricing.fingerprint);
  keep.run("prompt-borders", JSON.stringify(pricing.promptBorders));
}

type PricedRow = Usage & { id: number; context: number; at: number; cost: number | null };

const CONTEXTS = `
  SELECT id, session, agent_id AS agentId, agent_type AS agentType, served, requested, effort, branch, cwd, version, nickname,
    flags FROM context`;
const REQUESTS = `
  SELECT id, context, at, ${selectUsage("request")}, cost FROM request WHERE id >= ? AND id < ?`;
