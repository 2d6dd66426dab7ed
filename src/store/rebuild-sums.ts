import { outdateLedgers } from "./content.ts";
import type { Tables } from "./open.ts";
import { rebuildSpendSums } from "./spend-sums.ts";
import { rebuildWrittenSums } from "./written.ts";

/** Adds up the requests of some transcripts again, or of all; their ledgers are out of date then. */
export function rebuildSums(store: Tables, transcripts?: ReadonlySet<number>): void {
  outdateLedgers(store, transcripts);
  rebuildSpendSums(store, transcripts);
  rebuildWrittenSums(store, transcripts);
}
