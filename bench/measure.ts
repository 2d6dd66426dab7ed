import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** What one run of a whole process took. */
export interface Run {
  wallMs: number;
  /** The largest resident memory of the process; NaN where the system does not tell. */
  peakMb: number;
}

/** Runs a command to its end, its output read and thrown away. Throws when it cannot be started or fails. */
export function runOnce(command: readonly string[], env: NodeJS.ProcessEnv): Promise<Run> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let peakMb = Number.NaN;
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "inherit"] });
    child.stdout.resume();
    const watch = setInterval(() => (peakMb = peakOf(child.pid) ?? peakMb), 5);
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(watch);
      if (code === 0) resolve({ wallMs: performance.now() - started, peakMb });
      else reject(new Error(`${command.join(" ")} ended with exit code ${code}`));
    });
  });
}

/** The kernel keeps the high-water mark of a process (Linux only). */
function peakOf(pid: number | undefined): number | undefined {
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
