import type { RequestContext } from "../domain/file-scan.ts";
import type { Store } from "./open.ts";
import type { Pricing } from "./write-scan.ts";

/** Whether the costs kept were computed with other prices. */
export function pricesChanged({ db }: Store, { fingerprint }: Pricing): boolean {
  return db.prepare("SELECT value FROM meta WHERE key = 'prices'").pluck().get() !== fingerprint;
}

/** Computes every cost anew; must run inside a transaction. */
export function repriceAll(store: Store, pricing: Pricing): void {
  const { db } = store;
  const contexts = renameModels(store, pricing);
  const next = db.prepare<[number, number], Row>(NEXT_ROWS);
  const update = db.prepare("UPDATE request SET cost = ? WHERE id = ?");
  let rows: Row[];
  for (let last = 0; (rows = next.all(last, ROWS_AT_A_TIME)).length > 0; last = rows.at(-1)?.id ?? last)
    for (const row of rows) {
      const context = contexts.get(row.context);
      const cost = (context && pricing.cost(context, row.at, row)) ?? null;
      if (cost !== row.cost) update.run(cost, row.id);
    }
  db.prepare("INSERT OR REPLACE INTO meta VALUES ('prices', ?)").run(pricing.fingerprint);
}

/** A price file can give a spelling to a model; the models of all contexts are looked up again. */
function renameModels({ db }: Store, pricing: Pricing): Map<number, RequestContext> {
  const rows = db
    .prepare(
      `SELECT id, session, agent_id AS agentId, agent_type AS agentType, served, model, requested, effort, branch, cwd,
        version, nickname, stop, flags FROM context`,
    )
    .all() as (RequestContext & { id: number; model: string })[];
  const rename = db.prepare("UPDATE context SET model = ? WHERE id = ?");
  for (const row of rows) {
    const model = pricing.model(row);
    if (model !== row.model) rename.run(model, row.id);
  }
  return new Map(rows.map((row) => [row.id, row]));
}

interface Row {
  id: number;
  context: number;
  at: number;
  cost: number | null;
  input: number;
  output: number;
  thinking: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
  cacheRead: number;
  webSearches: number;
}

const ROWS_AT_A_TIME = 10_000;
const NEXT_ROWS = `
  SELECT id, context, at, cost, input, output, thinking, cache_write_5m AS cacheWrite5m, cache_write_1h AS cacheWrite1h,
    cache_read AS cacheRead, web_searches AS webSearches
  FROM request WHERE id > ? ORDER BY id LIMIT ?`;
