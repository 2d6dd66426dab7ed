import { LEDGER_RULES } from "../analysis/ledger/rows.ts";
import { CONTENT_READER } from "../domain/ledger-input.ts";
import type { ModelTable } from "../models/resolve.ts";
import { readWithoutContent } from "../store/content.ts";
import { agreesOnRules, readUnsummed } from "../store/ledger-sums.ts";
import type { OpenedStore } from "../store/open.ts";

/** Returns whether the ledgers are out of date with the requests that the store holds since a time (ms since the epoch). */
export function areLedgersDue(store: OpenedStore, since: number): boolean {
  return (
    !agreesOnRules(store, LEDGER_RULES) ||
    readWithoutContent(store, CONTENT_READER, since).length > 0 ||
    readUnsummed(store).length > 0
  );
}

/** Does what `updateLedgers` does, and loads what reads content only if there is some to read: that takes 15 ms. */
export async function refreshLedgers(store: OpenedStore, models: ModelTable, since = 0): Promise<void> {
  if (areLedgersDue(store, since)) (await import("./ledgers.ts")).updateLedgers(store, models, since);
}
