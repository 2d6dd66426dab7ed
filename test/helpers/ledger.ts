import { ledgerRows } from "../../src/analysis/ledger/rows.ts";
import { sumLedger } from "../../src/analysis/ledger/sums.ts";
import type { LedgerThread } from "../../src/domain/ledger-input.ts";
import type { ThreadLedger } from "../../src/domain/ledger.ts";
import { projectName } from "../../src/history/filters.ts";
import { readLedgerThreads } from "../../src/history/ledger-threads.ts";
import { updateLedgers } from "../../src/history/ledgers.ts";
import { createPricing } from "../../src/history/pricing.ts";
import type { ModelTable } from "../../src/models/resolve.ts";
import { writeAgentTypes } from "../../src/store/agent-runs.ts";
import { resolveCopies } from "../../src/store/copies.ts";
import { readLedgers } from "../../src/store/ledger-sums.ts";
import { type OpenedStore, openStore } from "../../src/store/open.ts";
import { repriceAll } from "../../src/store/reprice.ts";
import { rebuildSums } from "../../src/store/spend-sums.ts";
import { listAccounts, resolveProjects } from "../../src/store/transcripts.ts";
import { createTranscriptWriter } from "../../src/store/write-transcript.ts";
import { locateTranscripts } from "../../src/transcripts/locate.ts";
import { compileWalk } from "../../src/transcripts/reader/module.ts";
import { createScanner } from "../../src/transcripts/scan.ts";

/** Reads transcripts into a store in memory, on this thread alone, with their ledgers. */
function storeOf(roots: readonly string[], models: ModelTable): OpenedStore {
  const store = openStore(":memory:");
  const pricing = createPricing(models);
  const scanner = createScanner(compileWalk());
  repriceAll(store, pricing);
  const { write, flush } = createTranscriptWriter(store, pricing);
  for (const file of locateTranscripts(roots).files) {
    const result = scanner.scan({ path: file.path, requests: {} });
    if (result.status !== "read") throw new Error(`${file.path}: ${result.status}`);
    write({ ...file, account: file.root, agentId: file.agentId ?? "" }, { requests: result.requests });
  }
  flush();
  resolveCopies(store);
  rebuildSums(store);
  resolveProjects(store);
  writeAgentTypes(store);
  updateLedgers(store, models);
  return store;
}

/** Reads the threads of transcripts. */
export function threadsIn(roots: readonly string[], models: ModelTable): LedgerThread[] {
  const store = storeOf(roots, models);
  const threads = readLedgerThreads(store, listAccounts(store));
  store.close();
  return threads;
}

/** Reads the ledgers of transcripts as the store keeps them. */
export function ledgersIn(roots: readonly string[], models: ModelTable): ThreadLedger[] {
  const store = storeOf(roots, models);
  const ledgers = readLedgers(store, listAccounts(store));
  store.close();
  return ledgers.map((ledger) => ({ ...ledger, project: projectName(ledger.project) }));
}

/** Adds threads up as the store would keep them, without a store. */
export function ledgersOf(threads: readonly LedgerThread[], models: ModelTable): ThreadLedger[] {
  return threads.map((thread) => {
    const { session, project, file, agentId } = thread;
    const { slots, turns, losses } = sumLedger(thread, ledgerRows(thread, models));
    const agentType = agentId === "" ? "main" : thread.agentType || "unknown";
    const of = new Map(
      thread.requests.map(({ context, model, branch = "" }) => [context, { model, branch }]),
    );
    const common = (context: number) => of.get(context) ?? { model: "", branch: "" };
    return {
      session,
      project,
      file,
      agentId,
      agentType,
      slots: slots.map((slot) => ({ ...slot, ...common(slot.context) })),
      turns: turns.map((turn) => ({ ...turn, ...common(turn.place.context) })),
      losses: losses.map((loss) => ({ ...loss, ...common(loss.place.context) })),
    };
  });
}
