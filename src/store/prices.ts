import type { Store } from "./open.ts";
import type { Pricing } from "./write-scan.ts";

/** Whether the costs kept were computed with other prices. */
export function pricesChanged({ db }: Store, { fingerprint }: Pricing): boolean {
  return db.prepare("SELECT value FROM meta WHERE key = 'prices'").pluck().get() !== fingerprint;
}
