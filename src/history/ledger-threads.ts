import type { LedgerThread, ThreadBlocks, TranscriptContent } from "../domain/ledger-input.ts";
import { createContentReader } from "../store/content.ts";
import {
  createLedgerRequestReader,
  type LedgerTranscript,
  readLedgerTranscripts,
  type TranscriptRequest,
} from "../store/ledger-requests.ts";
import type { Tables } from "../store/open.ts";
import { projectName } from "./filters.ts";

/**
 * Returns the threads of all transcripts with known content in some accounts, each with its requests and content blocks. Requests
 * that count in another transcript or account are `copied`.
 */
export function readLedgerThreads(store: Tables, accounts: readonly string[]): LedgerThread[] {
  const threadsOf = createThreadReader(store);
  const isShown = new Set(accounts);
  return readLedgerTranscripts(store, accounts).flatMap((transcript) => {
    const threads = threadsOf(transcript);
    for (const { requests } of threads)
      for (const request of requests)
        if (
          request.elsewhere !== "" &&
          (JSON.parse(request.elsewhere) as string[]).some((one) => isShown.has(one))
        )
          request.copied = true;
    return threads;
  });
}

/** Makes a function that returns the threads of one transcript. */
export function createThreadReader(store: Tables): (transcript: LedgerTranscript) => LedgerThread[] {
  const contentOf = createContentReader(store);
  const requestsOf = createLedgerRequestReader(store);
  return (transcript) => {
    const content = contentOf(transcript.id);
    return content ? joinThreads(transcript, content, requestsOf(transcript.id)) : [];
  };
}

/** Puts the requests of a transcript to the content of their threads. */
function joinThreads(
  { path: file, project, session: named }: LedgerTranscript,
  { threads, missed }: TranscriptContent,
  requests: readonly TranscriptRequest[],
): LedgerThread[] {
  const byThread = Map.groupBy(requests, ({ agentId }) => agentId);
  const content = new Map(threads.map((thread) => [thread.agentId, thread]));
  return [...new Set([...content.keys(), ...byThread.keys()])].map((agentId): LedgerThread => {
    const own = byThread.get(agentId) ?? [];
    for (const { key, request } of own) {
      const reason = missed.get(key);
      if (reason !== undefined) request.missed = reason;
    }
    const { agentType, blocks, marks }: Omit<ThreadBlocks, "agentId"> = content.get(agentId) ?? NO_CONTENT;
    const agent = own.at(-1)?.agent;
    return {
      agentId,
      agentType: agentId === "" ? "" : agent === undefined || agent === "unknown" ? agentType : agent,
      blocks,
      marks,
      session: own.findLast(({ request }) => !request.copied)?.session ?? named,
      project: projectName(project),
      file,
      requests: own.map(({ request }) => request),
    };
  });
}

const NO_CONTENT: Omit<ThreadBlocks, "agentId"> = { agentType: "", blocks: [], marks: [] };
