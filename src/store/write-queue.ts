import { codeOf, messageOf } from "../errors.ts";
import type { Database } from "./database.ts";
import { unseal } from "./seal.ts";
import type { Tables } from "./open.ts";

/** Writes of a program that has an event loop to run: they never wait long for a lock, and none is lost. */
export interface WriteQueue {
  /** Runs `work` now, or, while another process holds the lock, as soon as it is free. In order; each all or nothing. */
  write(work: () => void): void;
  /** Runs `work` now or not at all: undefined while another process holds the lock. */
  tryNow<T extends object>(work: () => T): T | undefined;
  /** Runs what still waits. Blocks for as long as the connection waits for locks. */
  flush(): void;
}

/** The event loop stands still for as long as this at most. */
const SHORT_WAIT_MS = 5;
const RETRY_MS = 50;
/** A process that ends waits for as long as this at most. */
const EXIT_WAIT_MS = 5000;

const queues = new WeakMap<Database, WriteQueue>();

/** Returns the queue of a store: all its writers share one, so that their order is kept. */
export function writeQueueOf({ db }: Tables): WriteQueue {
  let queue = queues.get(db);
  if (!queue) queues.set(db, (queue = createWriteQueue(db)));
  return queue;
}

/** Runs what still waits to be written, before a store is closed. */
export function flushWrites(db: Database): void {
  queues.get(db)?.flush();
}

function createWriteQueue(db: Database): WriteQueue {
  const waiting: (() => void)[] = [];
  const inTransaction = db.transaction((work: () => unknown) => work());
  const patienceMs = db.pragma("busy_timeout", { simple: true }) as number;
  const setWait = waitSetter(db);
  let timer: NodeJS.Timeout | undefined;

  /** False: another process holds the lock. */
  const attempt = (work: () => unknown, waitMs: number): boolean => {
    setWait(waitMs);
    try {
      unseal(db);
      work();
      return true;
    } catch (thrown) {
      if (codeOf(thrown)?.startsWith("SQLITE_BUSY")) return false;
      throw thrown;
    } finally {
      setWait(patienceMs);
    }
  };
  const drain = (waitMs: number): void => {
    const all = (): unknown => inTransaction.immediate(() => waiting.forEach(reportFailure));
    if (attempt(all, waitMs)) waiting.length = 0;
  };
  const finish = (waitMs: number): void => {
    clearTimeout(timer);
    process.off("exit", atExit);
    if (waiting.length > 0 && db.open) drain(waitMs);
    if (waiting.length > 0)
      process.emitWarning(`${waiting.length} changes could not be written to ${db.name}`);
  };
  const atExit = (): void => finish(EXIT_WAIT_MS);
  const retry = (): void => {
    try {
      drain(0);
    } catch (thrown) {
      process.emitWarning(`${waiting.length} changes could not be written: ${messageOf(thrown)}`);
      waiting.length = 0;
    }
    if (waiting.length > 0) timer = setTimeout(retry, RETRY_MS);
    else process.off("exit", atExit);
  };
  const enqueue = (work: () => void): void => {
    waiting.push(work);
    if (waiting.length > 1) return;
    process.on("exit", atExit);
    timer = setTimeout(retry, RETRY_MS);
  };
  return {
    write(work) {
      if (waiting.length > 0 || !attempt(work, SHORT_WAIT_MS)) enqueue(work);
    },
    tryNow<T extends object>(work: () => T) {
      let result: T | undefined;
      attempt(() => (result = work()), waiting.length > 0 ? 0 : SHORT_WAIT_MS);
      return result;
    },
    flush: () => finish(patienceMs),
  };
}

/** Returns how to set the time that a connection waits for locks; prepared, because every write does it twice. */
function waitSetter(db: Database): (waitMs: number) => void {
  const statements = new Map<number, ReturnType<Database["prepare"]>>();
  return (waitMs) => {
    let statement = statements.get(waitMs);
    if (!statement)
      statements.set(waitMs, (statement = db.prepare(`PRAGMA busy_timeout = ${waitMs}`).pluck()));
    statement.get();
  };
}

/** One write that fails must not keep the others from being written, and nobody waits for its error any more. */
function reportFailure(work: () => void): void {
  try {
    work();
  } catch (thrown) {
    process.emitWarning(`a change could not be written: ${messageOf(thrown)}`);
  }
}
