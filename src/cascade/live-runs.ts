import { renameSync, writeFileSync } from "node:fs";
import { chmod, lstat, mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Attempt } from "../domain/attempt.ts";
import { codeOf } from "../errors.ts";
import { identifyProcess, isAlive, killGroup, killMarked, type ProcessId } from "../executor/processes.ts";

/** The record in a run's folder while the run lasts: enough for the next start to clean up after it. */
interface RunRecord {
  owner: ProcessId;
  /** The mark of all its processes. */
  mark: string;
  /** The client or check that is running. */
  child?: ProcessId;
  /** The running attempt, as it counts if nothing more is recorded of it. */
  attempt?: Attempt;
  /** The attempt that passed its check, until its changes are kept elsewhere: the name of its folder. */
  won?: string;
}

/** A run that is going on, and the folder that contains all it needs. */
export interface LiveRun {
  folder: string;
  /** Marks every process of the run. */
  mark: string;
  /** Writes down what is running now, before anything else happens. A full disk costs the note, not the attempt. */
  note(state: { child?: number; attempt?: Attempt; won?: string }): void;
  /** Ends what is left running, and removes the folder. */
  remove(): Promise<void>;
}

const RECORD = "run.json";

/** Makes the folder of a run below `place`, with this process as its owner. */
export async function beginRun(place: string, id: string): Promise<LiveRun> {
  // Short: it is a part of long paths, and some programs put sockets below.
  const folder = join(place, id.slice(0, 8));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const base: RunRecord = { owner: identifyProcess(process.pid), mark: id };
  writeRecord(folder, base);
  return {
    folder,
    mark: id,
    note({ child, ...state }) {
      const running = child === undefined ? {} : { child: identifyProcess(child) };
      try {
        writeRecord(folder, { ...base, ...running, ...state });
      } catch (error) {
        if (codeOf(error) !== "ENOSPC" && codeOf(error) !== "EDQUOT") throw error;
      }
    },
    remove: () => clear(folder, id),
  };
}

/** The remains of runs whose process has ended. */
export interface SweptRuns {
  /** Attempts that were running. */
  attempts: Attempt[];
  /** Copies of projects with changes that passed their check and were not kept yet. */
  kept: string[];
}

/** Cleans up after runs whose process has ended: kills what they left running, and removes their folders. */
export async function sweepRuns(place: string): Promise<SweptRuns> {
  const [attempts, kept]: [Attempt[], string[]] = [[], []];
  for (const name of await readdir(place).catch(() => [])) {
    const folder = join(place, name);
    const record = await readRecord(folder);
    if (record ? isAlive(record.owner) : await isYoung(folder)) continue;
    if (record?.child && isAlive(record.child)) killGroup(record.child.pid);
    if (record?.attempt) attempts.push(record.attempt);
    if (record?.won !== undefined) kept.push(await keepFolder(place, record.mark, join(folder, record.won)));
    // What cannot be removed now is tried again at the next start.
    await clear(folder, record?.mark).catch(() => undefined);
  }
  return { attempts, kept };
}

/** Moves the copy of an attempt to where nothing removes it, and returns its new path. */
export async function keepFolder(place: string, run: string, folder: string): Promise<string> {
  const kept = join(dirname(place), "unread", run);
  await mkdir(dirname(kept), { recursive: true });
  await rename(folder, kept);
  return kept;
}

function writeRecord(folder: string, record: RunRecord): void {
  const temporary = join(folder, `.${RECORD}`);
  writeFileSync(temporary, JSON.stringify(record));
  renameSync(temporary, join(folder, RECORD));
}

async function readRecord(folder: string): Promise<RunRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(join(folder, RECORD), "utf8")) as RunRecord;
    return typeof record?.owner?.pid === "number" ? record : undefined;
  } catch {
    return undefined;
  }
}

/** A folder without a record may be one that is being made right now. */
async function isYoung(folder: string): Promise<boolean> {
  const stats = await stat(folder).catch(() => undefined);
  return stats !== undefined && Date.now() - stats.mtimeMs < 60_000;
}

async function clear(folder: string, mark: string | undefined): Promise<void> {
  if (mark !== undefined) await killMarked(mark);
  await removeTree(folder);
}

/** Removes a folder, with folders in it that are closed to writing (a module cache of Go) or still being written to. */
export async function removeTree(folder: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;
  try {
    await rm(folder, options);
  } catch (error) {
    if (codeOf(error) !== "EACCES" && codeOf(error) !== "EPERM") throw error;
    await openFolders(folder);
    await rm(folder, options);
  }
}

/** The removal that failed may still be going on, so folders can vanish meanwhile. */
async function openFolders(folder: string): Promise<void> {
  try {
    if (!(await lstat(folder)).isDirectory()) return;
    await chmod(folder, 0o700);
    for (const name of await readdir(folder)) await openFolders(join(folder, name));
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}
