import { LEDGER_RULES, ledgerRows } from "../analysis/ledger/rows.ts";
import { sumLedger } from "../analysis/ledger/sums.ts";
import { CONTENT_READER } from "../domain/ledger-input.ts";
import type { ThreadLedger } from "../domain/ledger.ts";
import type { ModelTable } from "../models/resolve.ts";
import { createContentWriter, readWithoutContent } from "../store/content.ts";
import { readLedgerTranscripts } from "../store/ledger-requests.ts";
import { agreeOnRules, createLedgerWriter, readLedgers, readUnsummed } from "../store/ledger-sums.ts";
import type { OpenedStore } from "../store/open.ts";
import { createContentScanner } from "../transcripts/blocks/read-content.ts";
import { projectName } from "./filters.ts";
import { createThreadReader } from "./ledger-threads.ts";
import { areLedgersDue } from "./ledgers-due.ts";
import type { OpenedHistory } from "./open-history.ts";

/**
 * Brings the ledgers up to date with the requests that the store holds since a time (ms since the epoch): reads the content of new and
 * changed transcripts, and adds up what changed. One transaction, in which other processes wait.
 */
export function updateLedgers(store: OpenedStore, models: ModelTable, since = 0): void {
  if (!areLedgersDue(store, since)) return;
  // Looked up again under the write lock: another process may have done it meanwhile.
  store.writing(() => {
    agreeOnRules(store, LEDGER_RULES);
    readContents(store, since);
    sumUnsummed(store, models);
  });
}

function readContents(store: OpenedStore, since: number): void {
  const write = createContentWriter(store);
  const readContent = createContentScanner();
  for (const transcript of readWithoutContent(store, CONTENT_READER, since)) {
    const content = readContent(transcript.path);
    if (content !== undefined) write(transcript, CONTENT_READER, content);
  }
}

function sumUnsummed(store: OpenedStore, models: ModelTable): void {
  const write = createLedgerWriter(store);
  const threadsOf = createThreadReader(store);
  const unsummed = new Set(readUnsummed(store));
  for (const transcript of readLedgerTranscripts(store)) {
    if (!unsummed.has(transcript.id)) continue;
    const threads = threadsOf(transcript);
    write(
      transcript.id,
      threads.map((thread) => sumLedger(thread, ledgerRows(thread, models))),
    );
  }
}

/** Returns the ledgers of the accounts that are shown, as the last update left them. */
export function readThreadLedgers({ store, accounts }: OpenedHistory): ThreadLedger[] {
  return readLedgers(store, accounts).map((ledger) => ({ ...ledger, project: projectName(ledger.project) }));
}
