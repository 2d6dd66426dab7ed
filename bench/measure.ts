import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";

/** What one run of a whole process took. */
export interface Run {
  wallMs: number;
  /** User and system time of the process and its threads. */
  cpuMs: number;
  /** The largest resident memory of the process; NaN where the system does not tell. */
  peakMb: number;
}

/** The shell that starts the command says how long it took: user and system time of what it waited for. */
const TIMED = '"$@"; code=$?; times >&3; exit $code';

/** Runs a command to its end, its output read and thrown away. Throws when it cannot be started or fails. */
export async function runOnce(command: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> {
  const started = performance.now();
  const shell = spawn("sh", ["-c", TIMED, "sh", ...command], {
    env,
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  let peakMb = Number.NaN;
  const watch = setInterval(() => (peakMb = peakOf(childOf(shell.pid)) ?? peakMb), 5);
  try {
    shell.stdout?.resume();
    const [times, code] = await Promise.all([
      text(shell.stdio[3] as NodeJS.ReadableStream),
      new Promise((resolve, reject) => shell.on("error", reject).on("close", resolve)),
    ]);
    if (code !== 0) throw new Error(`${command.join(" ")} ended with exit code ${String(code)}`);
    return { wallMs: performance.now() - started, cpuMs: cpuIn(times), peakMb };
  } finally {
    clearInterval(watch);
  }
}

/** Adds up the second line of `times`, such as `0m0.120s 0m0.030s`. */
function cpuIn(times: string): number {
  const [, ...ofChildren] = times.trim().split("\n");
  return [...ofChildren.join(" ").matchAll(/(\d+)m([\d.]+)s/g)]
    .map(([, minutes, seconds]) => (Number(minutes) * 60 + Number(seconds)) * 1000)
    .reduce((sum, one) => sum + one, 0);
}

/** Linux only. */
function childOf(pid: number | undefined): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0];
  } catch {
    return undefined;
  }
}

/** The kernel keeps the high-water mark of a process (Linux only). */
function peakOf(pid: string | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined;
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
