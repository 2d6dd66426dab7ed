import type { NanoUsd } from "../../domain/money.ts";
import type { Switch } from "../../domain/switch.ts";
import type { ModelTable } from "../../models/resolve.ts";
import type { SessionInput, ThreadInput } from "../../domain/session-input.ts";
import { readSteps } from "../outcomes/plan-mode.ts";
import { tierOf } from "./switches.ts";

/** The division of work in the parts of a session that ran on opusplan. */
export interface PlanningShare {
  /** Requests and cost in plan mode and outside it, by tier. */
  planned: Record<"opus" | "sonnet", Side>;
  /** Requests and cost outside plan mode, by tier. */
  executed: Record<"opus" | "sonnet", Side>;
}

/** Requests and their cost. */
export interface Side {
  /** Number of requests. */
  requests: number;
  /** Cost in nano-dollars. */
  costNano: NanoUsd;
}

/**
 * Adds up the parts of a session that ran on opusplan: after a `/model` that names it, also if no plan ever reached Opus, and where it was
 * seen to switch. Others may use any model in any mode on purpose.
 */
export function accountPlanning(
  input: SessionInput,
  switches: readonly Switch[],
  models: ModelTable,
): PlanningShare | undefined {
  const share: PlanningShare = { planned: sides(), executed: sides() };
  let isKnown = false;
  for (const thread of input.threads) {
    if (thread.agentId !== undefined) continue;
    const isOn = findOpusplan(thread, switches, models);
    if (!isOn) continue;
    const rows = thread.requests.toSorted((a, b) => a.line - b.line);
    const steps = readSteps(thread, rows);
    rows.forEach((row, index) => {
      const tier = tierOf(models, row.model);
      if (row.copied || row.part || !isOn(row.line) || (tier !== "opus" && tier !== "sonnet")) return;
      isKnown = true;
      const side = (steps[index]?.planning ? share.planned : share.executed)[tier];
      side.requests++;
      side.costNano += row.costNano ?? 0;
    });
  }
  return isKnown ? share : undefined;
}

/**
 * Returns a function that says whether the main thread was on opusplan at a line, between one choice of a model and the next; undefined if
 * it never was.
 */
function findOpusplan(
  { events }: ThreadInput,
  switches: readonly Switch[],
  models: ModelTable,
): ((line: number) => boolean) | undefined {
  const own = switches.filter(({ thread }) => thread === "main");
  const named = events.flatMap((event) => {
    if (event.kind === "set-model") return [{ line: event.line, name: event.name }];
    const isNamed = event.kind === "command" && event.name === "/model" && event.argument !== undefined;
    return isNamed ? [{ line: event.line, name: event.argument ?? "" }] : [];
  });
  const opusplan = own.filter((one) => isOpusplan(one, models)).map(({ line }) => line);
  if (opusplan.length === 0 && !named.some(({ name }) => OPUSPLAN.test(name))) return undefined;
  const chosen = own.filter(({ cause }) => cause === "command" || cause === "resume");
  const starts = [{ line: -1, name: "" }, ...named, ...chosen.map(({ line }) => ({ line, name: "" }))];
  const parts = starts.toSorted((a, b) => a.line - b.line);
  return (line) => {
    const index = parts.findLastIndex((part) => part.line < line);
    const [from, to] = [parts[index]?.line ?? -1, parts[index + 1]?.line ?? Infinity];
    return OPUSPLAN.test(parts[index]?.name ?? "") || opusplan.some((at) => at > from && at <= to);
  };
}

/** As `/model` is given it, and as Claude Code calls it. */
const OPUSPLAN = /^opus ?plan\b/i;

/** opusplan goes to and fro between Sonnet and Opus; a Haiku session that plans on Sonnet is not on it. */
function isOpusplan({ cause, from, to }: Switch, models: ModelTable): boolean {
  const tiers = new Set([from, to].map((model) => tierOf(models, model)));
  return cause === "plan-mode" && tiers.has("opus") && tiers.has("sonnet");
}

function sides(): Record<"opus" | "sonnet", Side> {
  return { opus: { requests: 0, costNano: 0 }, sonnet: { requests: 0, costNano: 0 } };
}
