import { existsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HOUR_MS } from "../domain/calendar.ts";
import { fnv1a } from "../domain/hash.ts";
import { fromUsd, type NanoUsd } from "../domain/money.ts";
import { promptTokens } from "../domain/usage.ts";
import { codeOf } from "../errors.ts";
import { defaultPriceFile } from "../history/workspace.ts";
import { tokenPrices } from "../models/price.ts";
import { createModelTable, type ModelTable } from "../models/resolve.ts";
import { type LastUsage, readLastUsage } from "../transcripts/last-usage.ts";

/** The cost of continuing a session whose cache is cold. */
export interface PriceTag {
  /** Of the whole prompt. */
  tokens: number;
  /** About what the next prompt costs, with all of its requests. */
  nano: NanoUsd;
  /** The prompt is held back; it goes through when it is sent again. */
  isHeld: boolean;
}

export interface PriceTagOptions {
  /** Dollars from which a prompt is worth a warning. */
  above: number;
  /** Requests that a prompt usually takes. */
  requests: number;
  /** Hold the prompt back once instead of only warning. */
  block: boolean;
}

/**
 * Prices the next prompt of the session that a hook of Claude Code is about; `input` is what the client wrote on stdin.
 * Undefined where the cache is warm, the prompt is cheap, or the event says nothing of a session to go on with.
 */
export async function readPriceTag(
  event: string,
  input: unknown,
  { above, requests, block }: PriceTagOptions,
  env: NodeJS.ProcessEnv,
  now: number,
): Promise<PriceTag | undefined> {
  const transcript = transcriptOf(event, input);
  const last = transcript === undefined ? undefined : readLastUsage(transcript);
  if (transcript === undefined || !last || now - last.at <= lifetimeMs(last)) return undefined;
  const tokens = promptTokens(last.usage) + last.usage.output;
  const nano = costToGoOn(await modelsFor(env), last, tokens, requests, now);
  if (nano === undefined || nano <= fromUsd(above)) return undefined;
  return { tokens, nano, isHeld: block && event === "UserPromptSubmit" && isFirstTime(transcript, last) };
}

/** The transcript of an event after which a prompt may follow. */
function transcriptOf(event: string, input: unknown): string | undefined {
  const { transcript_path: path, source } = (input ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof path !== "string") return undefined;
  return event === "UserPromptSubmit" || (event === "SessionStart" && source === "resume") ? path : undefined;
}

const FIVE_MINUTES_MS = 300_000;

function lifetimeMs({ isHourly }: LastUsage): number {
  return isHourly ? HOUR_MS : FIVE_MINUTES_MS;
}

/** The first request writes the context, the others read it. */
function costToGoOn(
  models: ModelTable,
  { model, isHourly }: LastUsage,
  tokens: number,
  requests: number,
  now: number,
): NanoUsd | undefined {
  const entry = models.find(model);
  const prices = entry && tokenPrices(entry, tokens, { at: now });
  if (!prices) return undefined;
  const write = isHourly ? prices.cacheWrite1h : prices.cacheWrite5m;
  return tokens * (write + Math.max(0, requests - 1) * prices.cacheRead);
}

/** Loads what reads a price file only if one exists: it takes a while, and most machines have none. */
async function modelsFor(env: NodeJS.ProcessEnv): Promise<ModelTable> {
  if (!existsSync(defaultPriceFile(env))) return createModelTable();
  return (await import("../history/load-models.ts")).loadModels(undefined, env);
}

/** Returns whether a prompt was not held back yet after the last request: it goes through when it is sent again. */
function isFirstTime(transcript: string, { at }: LastUsage): boolean {
  try {
    writeFileSync(join(tmpdir(), `rolecall-held-${fnv1a(`${transcript} ${at}`)}`), "", { flag: "wx" });
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === undefined) throw thrown;
    return false; // it is there already, or cannot be written: nothing is held back
  }
}
