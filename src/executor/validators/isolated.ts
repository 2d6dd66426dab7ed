import { Worker } from "node:worker_threads";
import { bad, type CheckResult, GOOD } from "../validate.ts";

/** A check that may take very long on hostile input: a regular expression, a schema with one, a parser. */
export type IsolatedTask =
  | { kind: "pattern"; pattern: RegExp; text: string }
  | { kind: "schema"; schema: string; code: string }
  | { kind: "json"; code: string }
  | { kind: "yaml"; code: string };

/** The result of a task: nothing is wrong (`""`), what is wrong, or it did not end in time. */
export type IsolatedResult =
  | { kind: "done"; wrong: string }
  /** The thread ended: the task needed too much memory. */
  | { kind: "failed"; wrong: string }
  | { kind: "timeout"; timeoutMs: number };

/** Limits of one task. */
export interface TaskLimits {
  timeoutMs: number;
  signal: AbortSignal;
}

/** As long as a check of an answer may take unless its caller says otherwise. */
export const CHECK_TIMEOUT_MS = 5000;

const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "./check-worker.ts" : "./check-worker.js",
  import.meta.url,
);
const MOST_WORKERS = 4;
const MEMORY_MB = 512;

let running = 0;
let spare: Worker | undefined;
const queue: (() => void)[] = [];

/**
 * Runs a task on another thread, so that neither the limit nor an abort has to wait for it. A thread that has to be ended
 * takes its task along; one that is free is kept for the next task, and holds no process open.
 */
export async function runIsolated(task: IsolatedTask, limits: TaskLimits): Promise<IsolatedResult> {
  if (running >= MOST_WORKERS) await new Promise<void>((resolve) => queue.push(resolve));
  else running++;
  try {
    limits.signal.throwIfAborted();
    return await runOn(takeWorker(), task, limits);
  } finally {
    const next = queue.shift();
    if (next) next();
    else running--;
  }
}

/** Returns what a task says of an answer. */
export function resultOfTask(ran: IsolatedResult): CheckResult {
  if (ran.kind === "timeout") return bad(`it takes more than ${ran.timeoutMs / 1000} s to check`);
  return ran.wrong === "" ? GOOD : bad(ran.wrong);
}

async function runOn(worker: Worker, task: IsolatedTask, limits: TaskLimits): Promise<IsolatedResult> {
  let reusable = false;
  try {
    const result = await resultOf(worker, task, limits);
    reusable = result.kind === "done";
    return result;
  } finally {
    if (reusable) keepWorker(worker);
    else void worker.terminate();
  }
}

function takeWorker(): Worker {
  const worker =
    spare ?? new Worker(WORKER, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
  spare = undefined;
  worker.ref();
  return worker;
}

function keepWorker(worker: Worker): void {
  if (spare) void worker.terminate();
  else {
    worker.unref();
    spare = worker;
  }
}

function resultOf(
  worker: Worker,
  task: IsolatedTask,
  { timeoutMs, signal }: TaskLimits,
): Promise<IsolatedResult> {
  const { promise, resolve, reject } = Promise.withResolvers<IsolatedResult>();
  const onMessage = (wrong: string): void => resolve({ kind: "done", wrong });
  // A thread that runs out of memory ends with an error: that answer cannot be checked.
  const onError = ({ message }: Error): void => resolve({ kind: "failed", wrong: message });
  const onAbort = (): void => reject(signal.reason as Error);
  const timer = setTimeout(() => resolve({ kind: "timeout", timeoutMs }), timeoutMs);
  worker.once("message", onMessage).once("error", onError);
  signal.addEventListener("abort", onAbort, { once: true });
  worker.postMessage(task);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    worker.off("message", onMessage).off("error", onError);
  });
}
