import type { ModelTable } from "../models/resolve.ts";
import { UsageError } from "../errors.ts";
import { readNamelessPaths } from "../store/agent-runs.ts";
import { OBSERVER_VERSION } from "../domain/event.ts";
import { hasOutdatedEvents } from "../store/events.ts";
import { readForgotten } from "../store/forget.ts";
import type { OpenedStore } from "../store/open.ts";
import { pricesChanged } from "../store/reprice.ts";
import {
  hasChanged,
  type KnownTranscript,
  readActivePaths,
  readKnownTranscripts,
  type ReadingKind,
} from "../store/transcripts.ts";
import { type Located, locateTranscripts } from "../transcripts/locate.ts";
import { createPricing } from "./pricing.ts";

/** Progress of reading transcripts. */
export interface IngestProgress {
  /** Number of transcripts to read. */
  files: number;
  /** Number of those that have been read. */
  filesDone: number;
  /** Bytes to read. */
  bytes: number;
  /** Bytes that have been read. */
  bytesDone: number;
}

/**
 * The data that a command needs: `spend` reads requests only; `tasks` reads the events that outcomes are judged by as well, and `agents`
 * does so when the type of an agent is known from them alone.
 */
export type IngestNeeds = "spend" | "agents" | "tasks";

export interface IngestOptions {
  onProgress?: (progress: IngestProgress) => void;
  /** Transcripts not to read, as absolute paths. What was read of them before stays. */
  exclude?: readonly string[];
  /** Default: tasks. */
  needs?: IngestNeeds;
  /**
   * Returns the time (ms since the epoch) from which on tasks are asked for: events of sessions that ended before are read when
   * somebody asks for them. Default: all tasks.
   */
  tasksFrom?: (store: OpenedStore) => number;
  /** Requests since this time (ms since the epoch) are explained: their content is read in the same pass. Default: none are. */
  contentFrom?: number | undefined;
}

/** The result of an ingest. */
export interface IngestReport {
  /** Transcripts on disk. */
  files: number;
  /** Of them, how many were new or had changed. */
  changed: number;
  unreadable: { path: string; message: string }[];
  /** Transcripts that the user left out. */
  excluded: readonly string[];
  /** No task can be asked for that began before (ms since the epoch). */
  tasksFrom: number;
}

/**
 * Brings the store up to date with the transcripts below `roots` and the prices of `models`. Costs one stat per file when nothing
 * changed; otherwise all changes go into one transaction, so that a process that is killed leaves the store as it was, and processes
 * that start at the same time wait for each other instead of reading twice.
 */
export async function ingest(
  store: OpenedStore,
  roots: readonly string[],
  models: ModelTable,
  options: IngestOptions = {},
): Promise<IngestReport> {
  const located = withoutExcluded(withoutForgotten(locateTranscripts(roots), store), options.exclude ?? []);
  const unreadable = located.unreadable.map(({ path, cause }) => ({ path, message: String(cause) }));
  const { needs = "tasks", tasksFrom = () => 0 } = options;
  const report: IngestReport = {
    files: countTranscripts(located),
    changed: 0,
    unreadable,
    excluded: [...(located.skipped ?? [])],
    tasksFrom: needs === "tasks" ? tasksFrom(store) : 0,
  };
  const pricing = createPricing(models);
  const read = async (kinds: readonly ReadingKind[], paths?: ReadonlySet<string>) =>
    (await import("./read-changes.ts")).readChanges(
      store,
      located,
      pricing,
      { kinds, paths },
      report,
      options,
    );
  const kinds: readonly ReadingKind[] = needs === "tasks" ? ["requests", "events"] : ["requests"];
  const isOutdated = kinds.includes("events") && hasOutdatedEvents(store, OBSERVER_VERSION);
  if (
    isOutdated ||
    pricesChanged(store, pricing) ||
    hasNewData(located, store, "requests") ||
    (kinds.includes("events") && hasNewTasks(located, store, report.tasksFrom))
  )
    await read(kinds);
  const nameless = needs === "agents" ? readNamelessPaths(store) : undefined;
  if (nameless && hasNewEvents(located, store, nameless)) await read(["events"], nameless);
  return report;
}

/** Leaves out files that were not written to since their session was forgotten: they hold nothing to keep. */
function withoutForgotten(located: Located, store: OpenedStore): Located {
  const forgottenUntil = readForgotten(store);
  return {
    ...located,
    files: located.files.filter(({ session, mtimeMs }) => mtimeMs >= forgottenUntil(session)),
  };
}

/** Counts the transcripts on disk, also those that cannot be read. */
function countTranscripts({ files, unreadable, skipped }: Located): number {
  const unread = unreadable.filter(({ path }) => path.endsWith(".jsonl")); // the others are folders
  return files.length + unread.length + (skipped?.size ?? 0);
}

/** Throws UsageError for a path that is not a transcript. */
function withoutExcluded(located: Located, exclude: readonly string[]): Located {
  if (exclude.length === 0) return located;
  const skipped = new Set(exclude);
  const known = new Set(located.files.map(({ path }) => path));
  for (const path of skipped)
    if (!known.has(path))
      throw new UsageError(`--exclude: no transcript "${path}"`, {
        hint: "Expected the path of a transcript, as --diagnostics and the messages of bugs name it.",
      });
  return { ...located, files: located.files.filter(({ path }) => !skipped.has(path)), skipped };
}

function hasNewData({ files, skipped }: Located, store: OpenedStore, kind: ReadingKind): boolean {
  const known: ReadonlyMap<string, KnownTranscript> = readKnownTranscripts(store, kind);
  if (files.some((file) => hasChanged(file, known.get(file.path)))) return true;
  const live = [...known.values()].filter(({ gone, path }) => !gone && !skipped?.has(path)).length;
  return live !== files.length;
}

function hasNewTasks(located: Located, store: OpenedStore, since: number): boolean {
  if (since <= 0) return hasNewData(located, store, "events");
  return hasNewEvents(located, store, readActivePaths(store, since));
}

function hasNewEvents({ files }: Located, store: OpenedStore, paths: ReadonlySet<string>): boolean {
  if (paths.size === 0) return false;
  const known = readKnownTranscripts(store, "events");
  return files.some((file) => paths.has(file.path) && hasChanged(file, known.get(file.path)));
}
