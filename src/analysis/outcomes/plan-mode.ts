import type { Event } from "../../domain/event.ts";
import { tierRank } from "../../domain/model.ts";
import type { RequestRow, ThreadInput } from "../../domain/session-input.ts";
import { promptTokens } from "../../domain/usage.ts";
import type { ModelTable } from "../../models/resolve.ts";

/** The state before a request: whether its thread is in plan mode, and whether another process continued it. */
export interface PlanModeStep {
  /** Events since the request before. */
  between: readonly Event[];
  planning: boolean;
  changed?: "entered" | "left";
  resumed: boolean;
}

/** One step for each request; `rows` in the order of lines. */
export function readSteps(thread: ThreadInput, rows: readonly RequestRow[]): PlanModeStep[] {
  const { events } = thread;
  const writesCostState = events.some(({ kind }) => kind === "cost-state");
  let planning = false;
  let cursor = 0;
  return rows.map((row, index) => {
    const before = rows[index - 1];
    const first = cursor;
    while (cursor < events.length && (events[cursor] as Event).line <= row.line) cursor++;
    const between = cursor === first ? NOTHING : events.slice(first, cursor);
    const was = planning;
    for (const event of between) planning = isPlanning(event) ?? planning;
    const marked = writesCostState || before?.copied === true;
    const changed = planning === was ? undefined : planning ? "entered" : "left";
    const resumed = between.some((event) => marksResume(event, marked)) || (before?.copied && !row.copied);
    return { between, planning, resumed: resumed === true, ...(changed && { changed }) };
  });
}

const NOTHING: readonly Event[] = [];

function isPlanning(event: Event): boolean | undefined {
  if (event.kind === "prompt" && event.permissionMode !== undefined) return event.permissionMode === "plan";
  if (event.kind === "mode") return event.permissionMode === "plan";
  return event.kind === "plan" && event.step !== "proposed" ? event.step === "entered" : undefined;
}

/** Clients that write no `cost-state` at their end leave only the prompt that `-p` was given. */
function marksResume(event: Event, marked: boolean): boolean {
  if (event.kind === "cost-state" || event.kind === "taken-up") return true;
  return !marked && event.kind === "prompt" && event.source === "sdk";
}

/** The two models between which a thread went to and fro with plan mode. */
export interface PlanPair {
  plans: string;
  executes: string;
}

/**
 * opusplan on other models than Opus and Sonnet (ANTHROPIC_DEFAULT_OPUS_MODEL and its like) is known by what it did: all
 * planning on one model, all else on another, at least there and back.
 */
export function planPair(rows: readonly RequestRow[], steps: readonly PlanModeStep[]): PlanPair | undefined {
  const models = { plans: new Set<string>(), executes: new Set<string>() };
  let turns = 0;
  rows.forEach((row, index) => {
    const [step, before] = [steps[index], rows[index - 1]];
    if (before && step?.changed && before.model !== row.model) turns++;
    const long = before !== undefined && contextOf(before) > OPUSPLAN_LIMIT;
    if (!long || !step?.planning) models[step?.planning ? "plans" : "executes"].add(row.model);
  });
  const [[plans, ...otherPlans], [executes, ...others]] = [[...models.plans], [...models.executes]];
  if (turns < 2 || plans === undefined || executes === undefined || plans === executes) return undefined;
  return otherPlans.length + others.length === 0 ? { plans, executes } : undefined;
}

/** Tokens of context above which opusplan stays on Sonnet in plan mode (seen on Claude Code 2.1.329). */
const OPUSPLAN_LIMIT = 200_000;

function contextOf({ usage }: RequestRow): number {
  return promptTokens(usage) + usage.output;
}

/**
 * opusplan's own switch: up when plan mode is entered, down when it is left, and down inside plan mode after an answer whose
 * context is too long for it, until it is short again. A Haiku session plans on Sonnet in the same way.
 */
export function planModeTrigger(
  before: RequestRow,
  row: RequestRow,
  { planning, changed }: PlanModeStep,
  known: { pair: PlanPair | undefined; models: ModelTable },
): string | undefined {
  const toPlan = goesToPlan(before.model, row.model, known);
  if (toPlan === undefined) return undefined;
  if (changed === "entered" && toPlan) return "plan mode entered";
  if (changed === "left" && !toPlan) return "plan mode left";
  if (!planning || changed !== undefined) return undefined;
  const long = contextOf(before) > OPUSPLAN_LIMIT;
  if (!toPlan && long) return "context too long for opusplan";
  return toPlan && !long ? "context short enough for opusplan again" : undefined;
}

/** Returns whether a change goes to the model that plans, where it is one that opusplan makes: by one tier, up to Opus. */
function goesToPlan(
  from: string,
  to: string,
  { pair, models }: { pair: PlanPair | undefined; models: ModelTable },
): boolean | undefined {
  if (pair?.plans === to && pair.executes === from) return true;
  if (pair?.plans === from && pair.executes === to) return false;
  const [before, after] = [models.find(from)?.family, models.find(to)?.family];
  if (before === undefined || after === undefined) return undefined;
  const [low, high] = [tierRank(before), tierRank(after)];
  if (Math.max(low, high) > tierRank("opus") || Math.abs(high - low) !== 1) return undefined;
  return high > low;
}
