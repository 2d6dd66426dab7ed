import type { ModelTable } from "../models/resolve.ts";
import { hasNamelessAgents } from "../store/agent-runs.ts";
import { readForgotten } from "../store/forget.ts";
import { isNews, type KnownTranscript, readKnownTranscripts } from "../store/known-transcripts.ts";
import type { Store } from "../store/open.ts";
import { pricesChanged } from "../store/prices.ts";
import { type Located, locateTranscripts } from "../transcripts/locate.ts";
import { createPricing } from "./pricing.ts";

export interface IngestProgress {
  files: number;
  filesDone: number;
  bytes: number;
  bytesDone: number;
}

/**
 * What a command needs. Events are read only for tasks, and for the names of agents if something else does not say them.
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
  const located = withoutForgotten(locateTranscripts(roots), store);
  const unreadable = located.unreadable.map(({ path, cause }) => ({ path, message: String(cause) }));
  const report: IngestReport = { files: located.files.length, changed: 0, unreadable };
  const pricing = createPricing(models);
  const { needs = "tasks" } = options;
  const isNeeded = (wantsEvents: boolean) => hasNews(located, readKnownTranscripts(store), wantsEvents);
  if (pricesChanged(store, pricing) || isNeeded(needs === "tasks"))
    await (await reading()).readNews(store, located, pricing, report, options);
  if (needs === "agents" && hasNamelessAgents(store) && isNeeded(true))
    await (await reading()).readNews(store, located, pricing, report, { ...options, needs: "tasks" });
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

function hasNews(located: Located, known: Map<string, KnownTranscript>, wantsEvents: boolean): boolean {
  const live = [...known.values()].filter((transcript) => !transcript.gone).length;
  if (live !== located.files.length) return true;
  return located.files.some((file) => {
    const before = known.get(file.path);
    return isNews(file, before) || (wantsEvents && !before?.isObserved);
  });
}

/** Reading is loaded where there is something to read. */
const reading = () => import("./read-news.ts");
