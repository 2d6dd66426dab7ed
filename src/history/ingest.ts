import type { ModelTable } from "../models/resolve.ts";
import { hasNamelessAgents } from "../store/agent-runs.ts";
import { readForgotten } from "../store/forget.ts";
import { isEmpty } from "../store/filling.ts";
import { isNews, type KnownTranscript, readKnownTranscripts } from "../store/known-transcripts.ts";
import type { Store } from "../store/open.ts";
import { pricesChanged } from "../store/prices.ts";
import { hasWaitingLines } from "../store/watched.ts";
import { type Located, locateTranscripts } from "../transcripts/locate.ts";
import { createPricing } from "./pricing.ts";

export interface IngestProgress {
  files: number;
  filesDone: number;
  bytes: number;
  bytesDone: number;
}

/**
 * What a command needs. For spend alone, where there is much to read, the lines that outcomes need are only noted: whoever
 * asks for tasks first pays for them, and reads those lines alone. The names of agents can be in such lines as well.
 */
export type Needs = "spend" | "agents" | "tasks";

export interface IngestOptions {
  onProgress?: (progress: IngestProgress) => void;
  /** What is asked for; tasks where nobody says. */
  needs?: Needs;
}

/** What an ingest came upon. */
export interface IngestReport {
  /** Transcripts on disk. */
  files: number;
  /** Of them, how many were new or had changed. */
  changed: number;
  unreadable: { path: string; message: string }[];
}

/**
 * Brings the store up to date with the transcripts below `roots` and the prices of `models`. One stat per file where nothing
 * changed; else all changes in one transaction, so that whatever ends the process leaves the store as it was, and processes
 * that come at the same time wait for each other instead of reading twice.
 */
export async function ingest(
  store: Store,
  roots: readonly string[],
  models: ModelTable,
  options: IngestOptions = {},
): Promise<IngestReport> {
  if (isEmpty(store)) (await import("../transcripts/scan-pool.ts")).warmUp();
  const located = withoutForgotten(locateTranscripts(roots), store);
  const unreadable = located.unreadable.map(({ path, cause }) => ({ path, message: String(cause) }));
  const report: IngestReport = { files: located.files.length, changed: 0, unreadable };
  const pricing = createPricing(models);
  const { needs = "tasks" } = options;
  if (needs === "tasks" && hasWaitingLines(store)) await (await reading()).lookAtWaitingLines(store);
  if (pricesChanged(store, pricing) || hasNews(located, readKnownTranscripts(store)))
    await (await reading()).readNews(store, located, pricing, report, options);
  if (needs === "agents" && hasWaitingLines(store) && hasNamelessAgents(store))
    await (await reading()).lookAtWaitingLines(store);
  return report;
}

/** Files that were not written to since their session was forgotten hold nothing to keep. */
function withoutForgotten(located: Located, store: Store): Located {
  const forgottenUntil = readForgotten(store);
  return {
    ...located,
    files: located.files.filter(({ session, mtimeMs }) => mtimeMs >= forgottenUntil(session)),
  };
}

function hasNews(located: Located, known: Map<string, KnownTranscript>): boolean {
  const live = [...known.values()].filter((transcript) => !transcript.gone).length;
  return live !== located.files.length || located.files.some((file) => isNews(file, known.get(file.path)));
}

/** Reading is loaded where there is something to read. */
const reading = () => import("./read-news.ts");
