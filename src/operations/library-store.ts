import type { AttemptLog } from "../domain/attempt.ts";
import type { BatchStore } from "../domain/batch.ts";
import type { BreakerStore } from "../domain/breaker.ts";
import { RolecallError } from "../errors.ts";
import { openAttemptLog as openLogOf } from "../store/attempts.ts";
import { openBatches as openBatchesOf } from "../store/batches.ts";
import { openBreakers as openBreakersOf } from "../store/breakers.ts";
import { openStore as open, type OpenedStore as OpenStore } from "../store/open.ts";

// The store as programs see it: its database stays inside, and so do the types of the package that reads it.

declare const opened: unique symbol;

/** The open file in which rolecall keeps its data. Pass it to the functions that read or write a part of it. */
export interface Store {
  /** Path of the file, or `:memory:`. */
  readonly file: string;
  /** Problems found when the file was opened: it was damaged, or cannot be written. One sentence or two each. */
  readonly notices: readonly string[];
  /** Writes what still waits to be written, and closes the file. */
  close(): void;
  /** Only `openStore` makes one. */
  readonly [opened]: true;
}

const inside = (store: Store): OpenStore => {
  if ("db" in store) return store as unknown as OpenStore;
  throw new RolecallError("store: not a store of rolecall", { hint: "Expected what openStore returns." });
};

/**
 * Opens the store in a file, or one that lasts as long as the process for `:memory:`. Creates the file and its tables when
 * they are missing, and updates those of an older version. Sets a damaged store aside and rebuilds it, and works in memory when
 * nothing can be written: `notices` reports both. Throws RolecallError when the file is not a store or belongs to a newer
 * rolecall, or when another process keeps it locked for two minutes.
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
export const openStore = (file: string): Store => open(file) as unknown as Store;

/**
 * Opens the attempts of a store: what `rolecall telemetry` shows, and what an executor writes as its `telemetry`. While another
 * process holds the store's lock, attempts wait in this process and are written as soon as it is free.
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
export const openAttemptLog = (store: Store): AttemptLog => openLogOf(inside(store));

/**
 * Opens the circuit breakers of a store. All processes that open the same file share them.
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
export const openBreakers = (store: Store): BreakerStore => openBreakersOf(inside(store));

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
export const openBatches = (store: Store): BatchStore => openBatchesOf(inside(store));
