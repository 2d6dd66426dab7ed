import { type ProcessEnd, runProcess } from "../executor/process.ts";
import type { AttemptPlace } from "./place.ts";

/** Runs a shell command of the user in an attempt's copy: the set-up or the check. */
export function runShell(
  command: string,
  { cwd, env }: AttemptPlace,
  { timeoutMs, signal, onStart }: { timeoutMs: number; signal: AbortSignal; onStart: (pid: number) => void },
): Promise<ProcessEnd> {
  return runProcess({
    command: "sh",
    args: ["-c", command],
    cwd,
    env,
    timeoutMs,
    signal,
    stopSignal: "SIGTERM",
    onStart,
  });
}

/** Says how a command ended: `exited with code 1`. */
export function endingOf({ exitCode, killedBy, timedOut }: ProcessEnd, timeoutMs: number): string {
  if (timedOut) return `did not end within ${formatMinutes(timeoutMs)}`;
  return exitCode === null ? `was ended by ${killedBy ?? "the time limit"}` : `exited with code ${exitCode}`;
}

/** Formats a time limit. */
export function formatMinutes(ms: number): string {
  return ms < 60_000 ? `${ms / 1000} s` : `${Math.round(ms / 6000) / 10} min`;
}
