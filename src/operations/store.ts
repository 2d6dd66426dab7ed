import type { AttemptLog } from "../domain/attempt-log.ts";
import type { BatchStore } from "../domain/batch.ts";
import type { BreakerStore } from "../domain/breaker.ts";
import { RolecallError } from "../errors.ts";
import { openAttemptLog as openLogOf } from "../store/attempts.ts";
import { openBatches as openBatchesOf } from "../store/batches.ts";
import { openBreakers as openBreakersOf } from "../store/breakers.ts";
import { openStore as openFile, type Store } from "../store/open.ts";

/** An open store, as programs see it: what is in it is reached through the functions that take one. */
export interface StoreHandle {
  /** Its file; `:memory:` keeps nothing. */
  readonly file: string;
  /** Notices for the user, one sentence or two each. */
  readonly notices: readonly string[];
  /** Writes what still waits, and closes the file. */
  close(): void;
}

/**
 * Opens a store, and makes it if there is none. A corrupt file is set aside and rebuilt; if nothing can be written, the
 * store is kept in memory; `notices` report both. Throws RolecallError for a file of another program or of a newer rolecall.
 *
 * @example
 * ```ts
 * import { openStore } from "rolecall";
 *
 * const store = openStore(":memory:"); // or a file, which processes share
 * console.log(store.file, store.notices);
 * store.close();
 * ```
 */
export function openStore(file: string): StoreHandle {
  return openFile(file);
}

/**
 * Opens the record of attempts of a store. While another process holds the store's lock, attempts wait in this process and
 * are written as soon as it is free; nothing waits for that but the end of the process.
 *
 * @example
 * ```ts
 * import { createAnthropicSender, createExecutor, openAttemptLog, openStore, SAME_MODEL } from "rolecall";
 *
 * const store = openStore(":memory:"); // or a file, shared with `rolecall telemetry`
 * const telemetry = openAttemptLog(store);
 * const executor = createExecutor({ policy: SAME_MODEL, sender: createAnthropicSender(), telemetry });
 * await executor.run({ taskType: "greeting", prompt: "Say hello" });
 * console.log(telemetry.attempts({ limit: 10 }).map(({ model, result }) => `${model} ${result}`));
 * store.close();
 * ```
 */
export function openAttemptLog(store: StoreHandle): AttemptLog {
  return openLogOf(inner(store));
}

/**
 * Opens the breakers of a store: every process that has it open sees the same ones.
 *
 * @example
 * ```ts
 * import { createAnthropicSender, createExecutor, openBreakers, openStore, SAME_MODEL } from "rolecall";
 *
 * const store = openStore(":memory:"); // or a file, shared with other processes
 * const executor = createExecutor({
 *   policy: SAME_MODEL,
 *   sender: createAnthropicSender(),
 *   breakers: openBreakers(store),
 * });
 * console.log(executor.breakers.status()); // [] until a model fails
 * store.close();
 * ```
 */
export function openBreakers(store: StoreHandle): BreakerStore {
  return openBreakersOf(inner(store));
}

/**
 * Opens the batch jobs of a store.
 *
 * @example
 * ```ts
 * import { openBatches, openStore } from "rolecall";
 *
 * const store = openStore(":memory:"); // or a file, so that a crash loses nothing that was paid for
 * console.log(openBatches(store).list().map(({ name, batchId }) => `${name} ${batchId}`));
 * store.close();
 * ```
 */
export function openBatches(store: StoreHandle): BatchStore {
  return openBatchesOf(inner(store));
}

/** The public type leaves the database out, so that programs need no types of it. */
function inner(store: StoreHandle): Store {
  if ("db" in store) return store as Store;
  throw new RolecallError("not a store of rolecall", { hint: "Expected what openStore returns." });
}
