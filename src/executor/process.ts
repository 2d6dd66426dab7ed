import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createLineReader, createOutputWindow, type OutputWindow, readText } from "./process-output.ts";
import { killGroup, killMarked, withMark } from "./processes.ts";

export interface ProcessRequest {
  command: string;
  args: readonly string[];
  cwd?: string;
  env: NodeJS.ProcessEnv;
  /** Written to stdin. */
  input?: string;
  timeoutMs: number;
  signal: AbortSignal;
  /** Asks the process itself to end, 5 s before it is killed. Default: it is killed at once. */
  stopSignal?: "SIGINT" | "SIGTERM";
  /** Receives each whole line of stdout. */
  onLine?: (line: string) => void;
  onStart?: (pid: number) => void;
}

export interface ProcessEnd {
  exitCode: number | null;
  /** The signal that ended it. */
  killedBy: NodeJS.Signals | null;
  /** stdout and stderr as they came, without the middle if they are long. */
  output: string;
  timedOut: boolean;
  aborted: boolean;
  durationMs: number;
}

/** Time for a process to end after `stopSignal`. */
const STOP_GRACE_MS = 5000;
/** Time for its pipes to stay open after it ended, and for a kill. */
const END_GRACE_MS = 1000;

/**
 * Runs a program, and resolves soon after it exits, even if another process keeps its pipes open. Descendants that it leaves behind are
 * killed. The time limit and the signal always hold. Throws the system's error (ENOENT) if it cannot be started.
 */
export async function runProcess(request: ProcessRequest): Promise<ProcessEnd> {
  const { command, args, cwd, env, input = "", onLine, onStart } = request;
  const startedAt = performance.now();
  const mark = randomUUID();
  const child = spawn(command, args, {
    ...(cwd !== undefined && { cwd }),
    env: withMark(env, mark),
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const window = createOutputWindow();
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  // A program that does not read its input closes the pipe early; its exit code shows how it went.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  listen(child, window, onLine);
  if (child.pid !== undefined) onStart?.(child.pid);

  const { exit, stopped } = await untilExit(child, mark, request);
  killGroup(child.pid);
  await killMarked(mark);
  await within(END_GRACE_MS, closed);
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  return {
    exitCode: exit?.code ?? null,
    killedBy: exit?.signal ?? null,
    output: window.text(),
    timedOut: stopped === "timeout",
    aborted: stopped === "abort",
    durationMs: Math.round(performance.now() - startedAt),
  };
}

function listen(child: ChildProcess, window: OutputWindow, onLine?: (line: string) => void): void {
  const lines = onLine && createLineReader(onLine);
  readText(child.stdout, (text) => {
    window.add(text);
    lines?.add(text);
  });
  readText(child.stderr, (text) => window.add(text));
  child.stdout?.once("end", () => lines?.end());
}

interface Ended {
  /** Absent if not even a kill ended it in time. */
  exit?: { code: number | null; signal: NodeJS.Signals | null };
  /** Reason for the stop, if it was stopped. */
  stopped: "timeout" | "abort" | undefined;
}

/** Waits for the exit, and forces it when the time is up or the signal aborts. */
function untilExit(
  child: ChildProcess,
  mark: string,
  { timeoutMs, signal, stopSignal }: ProcessRequest,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const timers: NodeJS.Timeout[] = [];
    let stopped: Ended["stopped"];
    const finish = (end: () => void): void => {
      timers.forEach(clearTimeout);
      signal.removeEventListener("abort", abort);
      end();
    };
    const force = (): void => {
      killGroup(child.pid);
      void killMarked(mark);
      timers.push(setTimeout(() => finish(() => resolve({ stopped })), END_GRACE_MS));
    };
    const stop = (why: "timeout" | "abort"): void => {
      if (stopped) return;
      stopped = why;
      if (stopSignal === undefined) return force();
      child.kill(stopSignal);
      timers.push(setTimeout(force, STOP_GRACE_MS));
    };
    const abort = (): void => stop("abort");
    child.once("error", (error) => finish(() => reject(error)));
    child.once("exit", (code, by) => finish(() => resolve({ exit: { code, signal: by }, stopped })));
    timers.push(setTimeout(() => stop("timeout"), timeoutMs));
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
  });
}

/** Waits for a promise, but no longer than this. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
