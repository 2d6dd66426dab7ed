import { readFileSync, statSync } from "node:fs";
import { basename, dirname, extname } from "node:path";
import { writeFileAtomically } from "../agents/write-file.ts";
import { EFFORTS, isEffort } from "../domain/model.ts";
import { type NanoUsd, toUsd } from "../domain/money.ts";
import { sum } from "../domain/numbers.ts";
import { isObject } from "../domain/objects.ts";
import {
  codeOf,
  InvalidInputError,
  type InputProblem,
  messageOf,
  RolecallError,
  UsageError,
} from "../errors.ts";
import { createAnthropicBatches } from "../executor/anthropic-batches.ts";
import { type BatchResult, createBatchRunner } from "../executor/batch.ts";
import { type BatchItem, type BatchWork, estimateBatch, hashOf } from "../executor/batch-work.ts";
import type { Catalogue } from "../executor/catalogue.ts";
import { SendError } from "../executor/sender.ts";
import { loadModels } from "../history/load-models.ts";
import { openAttemptLog } from "../store/attempts.ts";
import { openBatches } from "../store/batches.ts";
import { createCatalogue } from "./executor.ts";
import { checkMaxTokens, checkUsd, credentials, effortOf, openStoreAt } from "./request-options.ts";

/** A batch, as the command line writes it. */
export interface BatchOptions {
  /** File with one item a line. */
  file: string;
  /** The same batch is found again by it (default: of the file's name and its items). */
  name?: string | undefined;
  taskType: string;
  model: string;
  /** For items that have none of their own. */
  system?: string | undefined;
  maxTokens?: number | undefined;
  effort?: string | undefined;
  /** Dollars that the batch may cost at most. */
  maxUsd?: number | undefined;
  db?: string | undefined;
  prices?: string | undefined;
}

/** A batch that can be sent, or was sent before. */
export interface BatchPlan {
  name: string;
  /** Exact id of the model. */
  model: string;
  work: BatchWork;
  /** The most that it can cost; undefined if the price is not known. */
  mostNano: NanoUsd | undefined;
  /** It was sent before: nothing more is paid for. */
  wasSent: boolean;
}

/**
 * Reads the items of a batch and estimates it; sends nothing. Throws InvalidInputError with every problem of the items, and
 * UsageError for options that are invalid or a limit that the batch could pass.
 */
export function planBatch(options: BatchOptions, text: string, env: NodeJS.ProcessEnv): BatchPlan {
  const { file, taskType, maxUsd } = options;
  checkUsd("--max-usd", maxUsd);
  const catalogue = createCatalogue(loadModels(options.prices, env));
  const facts = catalogue.find(options.model);
  if (!facts)
    throw new UsageError(`--model: unknown model "${options.model}"`, {
      hint: "Expected a tier or an exact id. Try rolecall models, which lists them.",
    });
  const work: BatchWork = { taskType, model: facts.id, items: parseItems(file, text, defaultsOf(options)) };
  const mostNano = estimateBatch(work, catalogue, Date.now());
  const name = options.name ?? `${basename(file, extname(file))}-${hashOf(work).slice(0, 8)}`;
  const wasSent = withBatches(options, env, (batches) => batches.load(name)?.batchId !== undefined);
  if (!wasSent) checkLimit(maxUsd, mostNano);
  return { name, model: facts.id, work, mostNano, wasSent };
}

function checkLimit(maxUsd: number | undefined, mostNano: NanoUsd | undefined): void {
  if (maxUsd === undefined || (mostNano !== undefined && toUsd(mostNano) <= maxUsd)) return;
  const most = mostNano === undefined ? "its price is not known" : `it may cost $${toUsd(mostNano)}`;
  throw new UsageError(`--max-usd: the limit of $${maxUsd} cannot be kept: ${most}`, {
    hint: "Try a lower --max-tokens, a cheaper --model, or fewer items.",
  });
}

function withBatches<T>(
  { db }: Pick<BatchOptions, "db">,
  env: NodeJS.ProcessEnv,
  use: (batches: ReturnType<typeof openBatches>) => T,
): T {
  const store = openStoreAt(db, env);
  try {
    return use(openBatches(store));
  } finally {
    store.close();
  }
}

/** Reads a file of items. Throws RolecallError if it cannot be read. */
export function readItems(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const missing = codeOf(cause) === "ENOENT";
    throw new RolecallError(`${file}: ${missing ? "no such file" : messageOf(cause)}`, {
      hint: 'Expected one item a line: {"id": "cart", "prompt": "Describe the cart"}.',
      cause,
    });
  }
}

type Defaults = Pick<BatchItem, "system" | "maxTokens" | "effort">;

function defaultsOf({ system, maxTokens, effort }: BatchOptions): Defaults {
  const level = effortOf(effort);
  checkMaxTokens(maxTokens);
  return {
    ...(system !== undefined && { system }),
    ...(maxTokens !== undefined && { maxTokens }),
    ...(level && { effort: level }),
  };
}

/** The test of each field of an item, and the expected value in words. */
const FIELDS: Readonly<Record<string, readonly [isRight: (value: unknown) => boolean, expected: string]>> = {
  id: [isText, "a text of letters, digits, - and _"],
  prompt: [isText, "a text"],
  system: [isText, "a text"],
  maxTokens: [isCount, "a number of tokens"],
  effort: [isEffort, EFFORTS.join(", ")],
  thinking: [(value) => value === "on" || value === "off", "on or off"],
  temperature: [(value) => typeof value === "number", "a number"],
};

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 1;
}

function parseItems(path: string, text: string, defaults: Defaults): BatchItem[] {
  const problems: InputProblem[] = [];
  const items: BatchItem[] = [];
  const lines = text.replace(/^\ufeff/, "").split("\n");
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const { item, problem } = parseItem(line);
    const at = { path, line: index + 1 };
    if (item) items.push({ ...defaults, ...item });
    else if (problem) problems.push({ ...at, ...problem });
  }
  if (problems.length > 0) throw new InvalidInputError("the items of the batch", problems);
  return items;
}

function parseItem(line: string): { item?: BatchItem; problem?: InputProblem } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (thrown) {
    return { problem: { message: `not JSON: ${messageOf(thrown)}` } };
  }
  if (!isObject(value))
    return { problem: { message: "not an item", expected: 'an object: {"id": "cart", "prompt": "…"}' } };
  for (const name of ["id", "prompt"])
    if (!(name in value))
      return { problem: { key: name, message: "missing", expected: FIELDS[name]?.[1] ?? "" } };
  for (const [key, found] of Object.entries(value)) {
    const [isRight, expected = ""] = FIELDS[key] ?? [];
    if (!isRight)
      return { problem: { key, message: "unknown field", expected: Object.keys(FIELDS).join(", ") } };
    if (!isRight(found))
      return { problem: { key, message: "invalid value", found: JSON.stringify(found), expected } };
  }
  return { item: value as BatchItem };
}

/** The end of a batch. */
export interface BatchReport {
  name: string;
  batchId: string;
  model: string;
  /** In the order of the items. Undefined: not collected yet. */
  results?: BatchResult[];
  costNano: NanoUsd;
}

/** Options of one run of the command. */
export interface BatchHandling {
  /** Waits for the results. */
  wait: boolean;
  signal: AbortSignal;
  /** Called once the batch is sent. */
  onSent: (batchId: string) => void;
  pollMs?: number;
}

/**
 * Sends a batch, unless it was sent before, and collects its results. This talks to the network. Throws RolecallError with
 * what the API answered.
 */
export async function runBatch(
  { name, model, work }: BatchPlan,
  options: Pick<BatchOptions, "db" | "prices">,
  env: NodeJS.ProcessEnv,
  { wait, signal, onSent, pollMs }: BatchHandling,
): Promise<BatchReport> {
  const { db, prices } = options;
  const sender = createAnthropicBatches(credentials(env));
  const store = openStoreAt(db, env);
  const catalogue: Catalogue = createCatalogue(loadModels(prices, env));
  try {
    const telemetry = openAttemptLog(store);
    const runner = createBatchRunner({ sender, catalogue, store: openBatches(store), telemetry });
    const { batchId = "" } = await runner.submit(name, work);
    onSent(batchId);
    const common = { name, batchId, model };
    if (!wait) return { ...common, costNano: 0 };
    const collected = await runner.collect(name, { signal, ...(pollMs !== undefined && { pollMs }) });
    const byId = new Map(collected.map((result) => [result.id, result]));
    const results = work.items.map(({ id }): BatchResult => byId.get(id) ?? { id, failure: "unknown" });
    return { ...common, results, costNano: sum(results.map(({ costNano = 0 }) => costNano)) };
  } catch (thrown) {
    // The batch goes on without anybody waiting for it.
    if (signal.aborted) return { name, batchId: withoutResults(store, name), model, costNano: 0 };
    if (!(thrown instanceof SendError)) throw thrown;
    throw new RolecallError(`batch API: ${thrown.message}`, {
      hint: "Try the same command again: it finds what was sent, and sends nothing twice.",
      cause: thrown,
    });
  } finally {
    store.close();
  }
}

function withoutResults(store: ReturnType<typeof openStoreAt>, name: string): string {
  return openBatches(store).load(name)?.batchId ?? "";
}

/** Throws RolecallError if results could not be written to a file: before anything is paid for. */
export function checkTarget(file: string): void {
  const folder = statSync(dirname(file), { throwIfNoEntry: false });
  const target = statSync(file, { throwIfNoEntry: false });
  if (folder?.isDirectory() && !target?.isDirectory()) return;
  throw new RolecallError(`--out: cannot be written: "${file}"`, {
    hint: "Expected a file in a folder that exists.",
  });
}

/** Writes the results to a file, all of them or none. Throws RolecallError if it cannot. */
export function writeResults(file: string, lines: string): void {
  try {
    writeFileAtomically(file, Buffer.from(lines));
  } catch (cause) {
    throw new RolecallError(`--out: cannot be written: "${file}": ${messageOf(cause)}`, {
      hint: "Try the same command with another --out: it collects the results again, at no cost.",
      cause,
    });
  }
}
