import type { Store } from "./open.ts";
import { createPackReader, createPackWriter, type RequestPack } from "./request-packs.ts";
import { priceAll, type Pricing } from "./write-scan.ts";

/**
 * Computes every cost anew, and looks up the models of all contexts again, for a price file can give a spelling to a model;
 * must run inside a transaction.
 */
export function repriceAll(store: Store, pricing: Pricing): void {
  const { db } = store;
  const readPack = createPackReader(store);
  const write = createPackWriter(store);
  for (const transcript of db.prepare<[], number>("SELECT transcript FROM request_pack").pluck().all()) {
    const pack = readPack(transcript) as RequestPack;
    write(transcript, { ...pack, contexts: priceAll(pack.numbers, pack.contexts, pricing) });
  }
  db.prepare("INSERT OR REPLACE INTO meta VALUES ('prices', ?)").run(pricing.fingerprint);
}
