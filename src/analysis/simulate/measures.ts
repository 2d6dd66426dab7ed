import { median, sum } from "../../domain/numbers.ts";
import type { AdviceKind, SimulatedAdvice } from "../../domain/simulation.ts";
import { isLate, isSingle } from "./changes/one-call.ts";
import { countBigResults } from "./changes/big-results.ts";
import { findExploringRuns } from "./changes/explore-agent.ts";
import { isIdleWakeUp } from "./changes/quiet-agents.ts";
import { costOf, type SimulationPrices, stepCost } from "./cost.ts";
import type { SimulationStep, StepThread } from "./steps.ts";
import { turnStarts, turnSums } from "./turns.ts";

/** A part of a history: what a change is measured on before and after it. Steps that are not paid do not count. */
export interface MeasuredPart {
  threads: readonly StepThread[];
  pricing: SimulationPrices;
}

type Subject = Pick<SimulatedAdvice, "evidence" | "subject" | "patch">;

/** The number to look at after a change; less is better. Undefined where there is nothing to measure it on. */
interface Measure {
  name: string;
  of: (part: MeasuredPart, advice: Subject) => number | undefined;
}

/** The measure of a change's effect, by kind. */
export const MEASURES: Readonly<Record<AdviceKind, Measure>> = {
  "compact-window": {
    name: "share of dollars in requests above the window",
    of: (part, { evidence: { window = 0 } }) => shareOfDollars(part, ({ prompt }) => prompt > window),
  },
  "newer-model": { name: "dollars of a prompt", of: (part) => ratio(dollars(part), promptsIn(part)) },
  "cache-lifetime": {
    name: "share of dollars in requests after a pause that lost the cache",
    of: (part) => shareOfDollars(part, isAfterPause),
  },
  "cold-prompt": {
    name: "share of dollars in requests after a pause that lost the cache",
    of: (part) => shareOfDollars(part, isAfterPause),
  },
  "clear-after-commit": {
    name: "median context of the first prompt after a commit in tokens",
    of: committed,
  },
  "base-size": { name: "median first prompt in tokens", of: firstPrompt },
  "explore-agent": {
    name: "runs of four or more exploration requests on the main thread, in 100 prompts",
    of: (part) => inHundred(part, sum(mainIn(part).map((thread) => findExploringRuns(thread).length))),
  },
  "big-results": {
    name: "results of more than 5,000 tokens, in 100 prompts",
    of: (part) => inHundred(part, sum(mainIn(part).map(countBigResults))),
  },
  "one-call": {
    name: "share of single exploration calls whose argument was known",
    of: (part) =>
      ratio(
        countSteps(part, (step, index, thread) => isLate(step, index, thread)),
        countSteps(part, isSingle),
      ),
  },
  "agent-model": { name: "dollars of an agent run", of: agentRun },
  "main-model": { name: "dollars of a prompt with edits", of: editPrompt },
  "quiet-agents": {
    name: "wake-ups answered without a call, in 100 prompts",
    of: (part) => inHundred(part, countSteps(part, isIdleWakeUp)),
  },
  "avoid-loss": {
    name: "caches lost without a pause, in 100 prompts",
    of: (part) =>
      inHundred(
        part,
        countSteps(part, ({ loss }) => loss === "no-pause"),
      ),
  },
};

function mainIn({ threads }: MeasuredPart): StepThread[] {
  return threads.filter(({ agentId }) => agentId === "");
}

/** Returns how many prompts a part has: the turns of main threads with a step that is paid. */
export function promptsIn(part: MeasuredPart): number {
  return sum(
    mainIn(part).map(
      ({ steps }) => new Set(steps.filter(({ isPaid }) => isPaid).map(({ row }) => row.turn)).size,
    ),
  );
}

/** Returns what the main threads of a part cost, in dollars. */
export function dollars(part: MeasuredPart): number {
  return sum(mainIn(part).map((thread) => costOf(thread, part.pricing))) / 1e9;
}

function ratio(part: number, whole: number): number | undefined {
  return whole > 0 ? part / whole : undefined;
}

function inHundred(part: MeasuredPart, count: number): number | undefined {
  const share = ratio(count, promptsIn(part));
  return share === undefined ? undefined : 100 * share;
}

type Matches = (step: SimulationStep, index: number, thread: StepThread) => boolean;

function countSteps(part: MeasuredPart, matches: Matches): number {
  return sum(
    mainIn(part).map(
      (thread) => thread.steps.filter((step, index) => step.isPaid && matches(step, index, thread)).length,
    ),
  );
}

function shareOfDollars(part: MeasuredPart, matches: Matches): number | undefined {
  let matched = 0;
  for (const thread of mainIn(part))
    thread.steps.forEach((step, index) => {
      if (matches(step, index, thread)) matched += stepCost(thread.steps, index, part.pricing);
    });
  return ratio(matched / 1e9, dollars(part));
}

function isAfterPause({ loss }: SimulationStep): boolean {
  return loss === "pause-1h" || loss === "pause-5m";
}

function committed(part: MeasuredPart): number | undefined {
  return median(
    mainIn(part).flatMap((thread) =>
      [...turnStarts(thread)].flatMap(([index, { afterCommit }]) => {
        const step = thread.steps[index];
        return afterCommit && step?.isPaid ? [step.prompt] : [];
      }),
    ),
  );
}

function firstPrompt(part: MeasuredPart): number | undefined {
  return median(
    mainIn(part).flatMap(({ steps: [first] }) => (first?.row.isFirst && first.isPaid ? [first.prompt] : [])),
  );
}

function agentRun({ threads, pricing }: MeasuredPart, { patch }: Subject): number | undefined {
  const names = new Set(patch.flatMap((one) => (one.type === "agent" ? [one.name] : [])));
  const runs = threads.filter(
    ({ agentId, agentType, steps }) =>
      agentId !== "" && names.has(agentType || "general-purpose") && steps.some(({ isPaid }) => isPaid),
  );
  return ratio(sum(runs.map((thread) => costOf(thread, pricing))) / 1e9, runs.length);
}

function editPrompt(part: MeasuredPart): number | undefined {
  const turns = mainIn(part)
    .flatMap((thread) => turnSums(thread, part.pricing))
    .filter(({ hasEdits, cost }) => hasEdits && cost > 0);
  return ratio(sum(turns.map(({ cost }) => cost)) / 1e9, turns.length);
}
