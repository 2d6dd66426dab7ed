import { codeOf, messageOf } from "../errors.ts";
import type { Database, Transaction } from "./database.ts";
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
  if (!queue) queues.set(db, (queue = new StoreWriteQueue(db)));
  return queue;
}

/** Runs what still waits to be written, before a store is closed. */
export function flushWrites(db: Database): void {
  queues.get(db)?.flush();
}

class StoreWriteQueue implements WriteQueue {
  private readonly db: Database;
  private readonly inTransaction: Transaction<[work: () => unknown], unknown>;
  /** Time that the connection waits for locks, in ms. */
  private readonly patienceMs: number;
  private readonly setWait: (waitMs: number) => void;
  private readonly waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly atExit = (): void => this.finish(EXIT_WAIT_MS);

  constructor(db: Database) {
    this.db = db;
    this.inTransaction = db.transaction((work: () => unknown) => work());
    this.patienceMs = db.pragma("busy_timeout", { simple: true }) as number;
    this.setWait = waitSetter(db);
  }

  write(work: () => void): void {
    if (this.waiting.length > 0 || !this.attempt(work, SHORT_WAIT_MS)) this.enqueue(work);
  }

  tryNow<T extends object>(work: () => T): T | undefined {
    let result: T | undefined;
    this.attempt(() => (result = work()), this.waiting.length > 0 ? 0 : SHORT_WAIT_MS);
    return result;
  }

  flush(): void {
    this.finish(this.patienceMs);
  }

  /** Returns false if another process holds the lock. */
  private attempt(work: () => unknown, waitMs: number): boolean {
    this.setWait(waitMs);
    try {
      unseal(this.db);
      work();
      return true;
    } catch (thrown) {
      if (codeOf(thrown)?.startsWith("SQLITE_BUSY")) return false;
      throw thrown;
    } finally {
      this.setWait(this.patienceMs);
    }
  }

  private enqueue(work: () => void): void {
    this.waiting.push(work);
    if (this.waiting.length > 1) return;
    process.on("exit", this.atExit);
    this.timer = setTimeout(() => this.retry(), RETRY_MS);
  }

  private retry(): void {
    try {
      this.drain(0);
    } catch (thrown) {
      process.emitWarning(`${this.waiting.length} changes could not be written: ${messageOf(thrown)}`);
      this.waiting.length = 0;
    }
    if (this.waiting.length > 0) this.timer = setTimeout(() => this.retry(), RETRY_MS);
    else process.off("exit", this.atExit);
  }

  private drain(waitMs: number): void {
    const all = (): unknown => this.inTransaction.immediate(() => this.waiting.forEach(reportFailure));
    if (this.attempt(all, waitMs)) this.waiting.length = 0;
  }

  private finish(waitMs: number): void {
    clearTimeout(this.timer);
    process.off("exit", this.atExit);
    if (this.waiting.length > 0 && this.db.open) this.drain(waitMs);
    if (this.waiting.length > 0)
      process.emitWarning(`${this.waiting.length} changes could not be written to ${this.db.name}`);
  }
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
