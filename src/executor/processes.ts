import { readdirSync, readFileSync } from "node:fs";
import { setImmediate } from "node:timers/promises";

/** A process, distinguishable from a later one with the same id. */
export interface ProcessId {
  pid: number;
  /** Start of the process, in the system's own units; absent if the system does not say. */
  start?: string;
}

/** Names the runs that a process belongs to, joined by `:`. Descendants inherit it, even in a session of their own. */
const MARK = "ROLECALL_RUN";

/** Returns the environment with one more mark, so that `killMarked` finds every descendant that keeps it. */
export function withMark(env: NodeJS.ProcessEnv, mark: string): NodeJS.ProcessEnv {
  return { ...env, [MARK]: [env[MARK], mark].filter(Boolean).join(":") };
}

/** Identifies a running process. */
export function identifyProcess(pid: number): ProcessId {
  const start = startOf(pid);
  return { pid, ...(start !== undefined && { start }) };
}

/** Returns whether this very process, and not a later one with its id, is still running. */
export function isAlive({ pid, start }: ProcessId): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, under another user.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return start === undefined || startOf(pid) === start;
}

/** Kills a process group. Does nothing if it has ended. */
export function killGroup(pid: number | undefined): void {
  if (pid !== undefined) kill(-pid);
}

/** A process that is being killed may start another one, so the search is repeated. */
const ROUNDS = 5;
/** Environments read before other work gets its turn. */
const BATCH = 100;

/**
 * Kills every process with a mark, wherever its parents went. Needs /proc, as on Linux; elsewhere, and for processes
 * that cleared their environment, only `killGroup` ends what is left.
 */
export async function killMarked(mark: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const found = await findMarked(mark);
    if (found.length === 0) return;
    found.forEach(kill);
  }
}

async function findMarked(mark: string): Promise<number[]> {
  const found: number[] = [];
  for (const [at, pid] of pids().entries()) {
    if (at % BATCH === BATCH - 1) await setImmediate();
    if (pid !== process.pid && marksOf(pid).includes(mark)) found.push(pid);
  }
  return found;
}

/** Reads the marks of a process (proc_pid_environ(5)); none if it has ended or belongs to another user. */
function marksOf(pid: number): string[] {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
    const own = variables.find((variable) => variable.startsWith(`${MARK}=`));
    return own?.slice(MARK.length + 1).split(":") ?? [];
  } catch {
    return [];
  }
}

function pids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

/** Reads in which clock tick since boot a process started, on Linux (proc_pid_stat(5), field 22). */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The program's name is in parentheses and may contain spaces and brackets.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
