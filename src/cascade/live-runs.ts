import { readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Attempt } from "../domain/attempt.ts";
import { killGroup } from "./process.ts";

/** A process, told apart from a later one of the same id. */
interface Process {
  pid: number;
  /** When it started, in the system's own units; absent where the system does not tell. */
  start?: string;
}

/** What stands in a run's folder while it lasts: enough for the next start to clean up after it. */
interface RunRecord {
  owner: Process;
  /** The client or check that is running. */
  child?: Process;
  /** The attempt on the way, as it counts if nothing more is heard of it. */
  attempt?: Attempt;
}

/** A run that is going on, and the folder that holds all it needs. */
export interface LiveRun {
  folder: string;
  /** Writes down what is running now, before anything else happens. */
  note(state: { child?: number; attempt?: Attempt }): void;
  /** Takes everything away. */
  remove(): Promise<void>;
}

const RECORD = "run.json";

/** Makes the folder of a run under `place`, with this process as its owner. */
export async function beginRun(place: string, id: string): Promise<LiveRun> {
  const folder = join(place, id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const owner = processOf(process.pid);
  const note: LiveRun["note"] = ({ child, attempt }) =>
    writeRecord(folder, {
      owner,
      ...(child !== undefined && { child: processOf(child) }),
      ...(attempt && { attempt }),
    });
  note({});
  return { folder, note, remove: () => clear(folder) };
}

/**
 * Cleans up after runs whose process is gone: ends what they left running, takes their folders away, and returns the
 * attempts that were on the way.
 */
export async function sweepRuns(place: string): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (const name of await readdir(place).catch(() => [])) {
    const folder = join(place, name);
    const record = await readRecord(folder);
    if (record ? isAlive(record.owner) : await isYoung(folder)) continue;
    if (record?.child && isAlive(record.child)) killGroup(record.child.pid);
    if (record?.attempt) attempts.push(record.attempt);
    // What cannot be taken away now is tried again at the next start.
    await clear(folder).catch(() => undefined);
  }
  return attempts;
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

function processOf(pid: number): Process {
  const start = startOf(pid);
  return { pid, ...(start !== undefined && { start }) };
}

function isAlive({ pid, start }: Process): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return start === undefined || startOf(pid) === start;
}

/** Ticks since boot at which a process started, on Linux (proc_pid_stat(5), field 22). */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name of the program, in brackets, may hold spaces and brackets of its own.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

/** Holds the run's folder, for every process of a run and what those start: Claude Code's tools leave its process group. */
export const RUN_VARIABLE = "ROLECALL_CASCADE";

/** Ends what a run left running and takes its folder away; what a dying process still writes is tried again. */
async function clear(folder: string): Promise<void> {
  for (const pid of processesOf(folder)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Processes that carry a run's mark, where the system shows environments (proc_pid_environ(5)); else none. */
function processesOf(folder: string): number[] {
  const mark = `\0${RUN_VARIABLE}=${folder}\0`;
  return pids().filter((pid) => {
    try {
      return pid !== process.pid && `\0${readFileSync(`/proc/${pid}/environ`, "latin1")}`.includes(mark);
    } catch {
      return false;
    }
  });
}

function pids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
