import type { Event, SetModelEvent } from "../../domain/event.ts";
import type { FallbackEvent } from "../../domain/request-event.ts";
import type { Tier } from "../../domain/model.ts";
import type { Switch, SwitchCause } from "../../domain/switch.ts";
import { promptTokens } from "../../domain/usage.ts";
import { displayName } from "../../domain/model-name.ts";
import { type PriceTerms, ratesFor } from "../../models/price.ts";
import type { ModelTable } from "../../models/resolve.ts";
import type { RequestRow, ThreadInput } from "../../domain/session-input.ts";
import {
  planModeTrigger,
  type PlanPair,
  planPair,
  readSteps,
  type PlanModeStep,
} from "../outcomes/plan-mode.ts";

/** Returns every change of model in a thread with its one cause, and every fallback that the transcript states. */
export function findSwitches(thread: ThreadInput, session: string, models: ModelTable): Switch[] {
  const rows = thread.requests.filter(({ part }) => !part).toSorted((a, b) => a.line - b.line);
  const steps = readSteps(thread, rows);
  const fallbacks = thread.events.filter((event) => event.kind === "fallback");
  const context = { thread, models, rows, pair: planPair(rows, steps), fallbacks };
  const found = rows.flatMap((row, index) =>
    row.copied ? [] : switchesAt(index, steps[index] as PlanModeStep, context),
  );
  const end = rows.at(-1)?.line ?? 0;
  const after = fallbacks.filter(({ line }) => line > end);
  return [...found, ...after.map((event) => toFound(event, statedChange(event)))].map(
    ({ at, line, change, cost }) => ({
      at,
      line,
      session,
      thread: thread.agentId ?? "main",
      file: thread.file,
      ...change,
      from: canonical(models, change.from),
      to: canonical(models, change.to),
      ...cost,
    }),
  );
}

interface FoundSwitch {
  at: number;
  line: number;
  change: SwitchKind;
  cost: RewrittenCost;
}

function toFound(
  { at, line }: { at: number; line: number },
  change: SwitchKind,
  cost: RewrittenCost = NOTHING_REWRITTEN,
): FoundSwitch {
  return { at, line, change, cost };
}

/** Returns the switches between a request and the one before it. */
function switchesAt(index: number, step: PlanModeStep, context: SwitchContext): FoundSwitch[] {
  const { rows, thread, models } = context;
  const row = rows[index] as RequestRow;
  const before = index === 0 ? undefined : rows[index - 1];
  const stated = step.between.filter((event) => event.kind === "fallback");
  const changed = before !== undefined && before.model !== row.model;
  const found = stated.map((event, at) =>
    toFound(
      event,
      statedChange(event),
      changed && at === stated.length - 1 ? rewritten(rows, index, models) : NOTHING_REWRITTEN,
    ),
  );
  if (before === undefined) {
    const start = stated.length === 0 ? fallbackAtStart(thread, row, step.between, models) : undefined;
    return start ? [toFound(row, start)] : found;
  }
  if (!changed || stated.some(({ to }) => canonical(models, to) === row.model)) return found;
  const change = { from: before.model, to: row.model, ...explain(before, row, step, context) };
  return [...found, toFound(row, change, rewritten(rows, index, models))];
}

type SwitchKind = Pick<Switch, "cause" | "from" | "to" | "trigger" | "entry">;
type RewrittenCost = Pick<Switch, "rewrittenTokens" | "costNano">;
const NOTHING_REWRITTEN: RewrittenCost = { rewrittenTokens: 0, costNano: 0 };

function statedChange({ cause, from, to, trigger, entry }: FallbackEvent): SwitchKind {
  return { cause, from, to, trigger, ...(entry !== undefined && { entry }) };
}

interface SwitchContext {
  thread: ThreadInput;
  /** Its requests, in order of lines. */
  rows: readonly RequestRow[];
  pair: PlanPair | undefined;
  models: ModelTable;
  /** The fallbacks that it states. */
  fallbacks: readonly FallbackEvent[];
}

function explain(
  before: RequestRow,
  row: RequestRow,
  step: PlanModeStep,
  context: SwitchContext,
): { cause: SwitchCause; trigger: string } {
  const { thread, pair, models } = context;
  const { between } = step;
  const set = between.findLast((event) => event.kind === "set-model");
  if (set && isModel(set, row.model)) return { cause: "command", trigger: "/model" };
  const planned = planModeTrigger(before, row, step, { pair, models });
  if (planned) return { cause: "plan-mode", trigger: planned };
  if (set) return { cause: "command", trigger: "/model" };
  if (thread.agentId !== undefined) return inAgent(before, row, step, models);
  if (step.resumed) return { cause: "resume", trigger: "resume" };
  if (returnsFromFallback(before, row, context)) return { cause: "availability", trigger: "recovered" };
  if (isSubstituted(row, models)) return { cause: "unexplained", trigger: "substituted" };
  return announced(row, step, models) ?? { cause: "unexplained", trigger: "unknown" };
}

/**
 * The client itself went over to another model, without a word of why. Headless, only another process does (`set_model` echoes
 * as `/model`): the one before was killed. In a terminal it is the model picker on its own key, which leaves no echo.
 */
function announced(
  row: RequestRow,
  { between, changed }: PlanModeStep,
  models: ModelTable,
): { cause: SwitchCause; trigger: string } | undefined {
  const notice = between.findLast((event) => event.kind === "model-notice");
  if (!notice || canonical(models, notice.model) !== row.model) return undefined;
  const prompt = between.findLast((event) => event.kind === "prompt");
  if (changed) return { cause: "plan-mode", trigger: `plan mode ${changed}` };
  if (prompt?.source === "sdk") return { cause: "resume", trigger: "resume" };
  return prompt ? { cause: "command", trigger: "model picker" } : undefined;
}

/** Sub-agents fall back without an entry of their own; a model that was not asked for is something else. */
function inAgent(
  before: RequestRow,
  row: RequestRow,
  { between }: PlanModeStep,
  models: ModelTable,
): { cause: SwitchCause; trigger: string } {
  if (isSubstituted(row, models)) return { cause: "unexplained", trigger: "substituted" };
  if (before.stop === "refusal" || wasRefused(between)) return { cause: "refusal", trigger: "refusal" };
  const asked = before.requested !== undefined && row.requested !== undefined;
  return {
    cause: "availability",
    trigger: asked ? "asked for another model" : "model changed inside the run",
  };
}

/** A sub-agent that was overloaded, or refused, before its first answer: its prompt names one model, and another answered. */
function fallbackAtStart(
  thread: ThreadInput,
  row: RequestRow,
  between: readonly Event[],
  models: ModelTable,
): SwitchKind | undefined {
  if (thread.agentId === undefined) return undefined;
  const notice = between.find((event) => event.kind === "model-notice")?.model;
  if (notice === undefined || row.requested === undefined) return undefined;
  const asked = canonical(models, row.requested);
  if (canonical(models, notice) === asked) return undefined;
  const cause = wasRefused(between) ? "refusal" : "availability";
  return { cause, from: notice, to: asked, trigger: "before the first answer" };
}

function wasRefused(between: readonly Event[]): boolean {
  return between.some(({ kind }) => kind === "refusal");
}

/** A turn starts on the main model again after one that had fallen back. */
function returnsFromFallback(
  before: RequestRow,
  row: RequestRow,
  { fallbacks, models }: SwitchContext,
): boolean {
  const earlier = fallbacks.filter(({ line }) => line <= before.line);
  const last = earlier.at(-1);
  return (
    last !== undefined &&
    canonical(models, last.to) === before.model &&
    earlier.some(({ from }) => canonical(models, from) === row.model)
  );
}

export function isSubstituted(row: RequestRow, models: ModelTable): boolean {
  if (row.requested === undefined || row.requested.replace(/\[1m\]$/, "") === row.model) return false;
  return canonical(models, row.requested) !== row.model;
}

function isModel(set: SetModelEvent, model: string): boolean {
  const name = set.name.toLowerCase();
  const shown = displayName(model).toLowerCase();
  return (
    name === shown ||
    name === model ||
    name.startsWith(`${shown} `) ||
    name.includes(model) ||
    shown.startsWith(`${name} `)
  );
}

function canonical(models: ModelTable, id: string): string {
  return models.find(id)?.id ?? id;
}

export function tierOf(models: ModelTable, model: string): Tier | undefined {
  return models.find(model)?.family;
}

const FIVE_MINUTES_MS = 300_000;
const ONE_HOUR_MS = 3_600_000;

/** Returns how long the cache lives that a request leaves behind: as long as the latest writes up to it were made for. */
export function cacheLifetime(rows: readonly RequestRow[], index: number): number {
  for (let at = index; at >= 0; at--) {
    const { cacheWrite5m, cacheWrite1h } = (rows[at] as RequestRow).usage;
    if (cacheWrite5m + cacheWrite1h > 0) return cacheWrite1h > 0 ? ONE_HOUR_MS : FIVE_MINUTES_MS;
  }
  return FIVE_MINUTES_MS;
}

/**
 * Returns what the context that the model before had in its cache cost once more: tokens that were not read from the cache, at the price
 * that they had instead, less the price of reading them. Nothing after a pause that the cache did not outlive.
 */
function rewritten(rows: readonly RequestRow[], index: number, models: ModelTable): RewrittenCost {
  const [before, row] = [rows[index - 1] as RequestRow, rows[index] as RequestRow];
  const entry = models.find(row.model);
  const terms: PriceTerms = { at: row.at, ...(row.fast && { fast: true }) };
  const rates = entry && ratesFor(entry, promptTokens(row.usage), terms);
  // What was never cached cannot be lost.
  const isCached = before.usage.cacheRead + before.usage.cacheWrite5m + before.usage.cacheWrite1h > 0;
  const all = promptTokens(before.usage) + before.usage.output;
  const context = isCached ? Math.min(all, promptTokens(row.usage)) : 0;
  const tokens = Math.max(0, context - row.usage.cacheRead);
  const isGone = row.at - before.at > cacheLifetime(rows, index - 1);
  if (!rates || isGone) return { rewrittenTokens: tokens, costNano: 0 };
  const writes5m = Math.min(tokens, row.usage.cacheWrite5m);
  const writes1h = Math.min(tokens - writes5m, row.usage.cacheWrite1h);
  const fresh = tokens - writes5m - writes1h;
  const usdPerMillion =
    writes5m * rates.cacheWrite5m +
    writes1h * rates.cacheWrite1h +
    fresh * rates.input -
    tokens * rates.cacheRead;
  return { rewrittenTokens: tokens, costNano: Math.round(usdPerMillion * 1000) };
}
