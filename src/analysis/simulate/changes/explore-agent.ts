import { sum } from "../../../domain/numbers.ts";
import { ASSUMED, type Change, onMain, placeOf, type World } from "../change.ts";
import { stepCost } from "../cost.ts";
import { withinPrompt } from "../edit.ts";
import { lastEdits } from "../facts.ts";
import { twoPlaces } from "../places.ts";
import type { Extra, SimulationStep, StepThread } from "../steps.ts";

const LEAST_REQUESTS = 4;
const LEAST_TOKENS = 10_000;
/** Files that are edited later have to be read by the agent that edits them. */
const MOST_EDITED = 0.5;
/** Tokens that an agent hands back. */
const REPORT = 2_000;
const AGENT = "haiku";

/** Consecutive requests that only explore: steps `from` to `to`, and the tokens that they brought in. */
export interface ExploringRun {
  from: number;
  to: number;
  tokens: number;
}

/** Explores in an agent on a small model instead of the main thread. */
export const exploreAgent: Change = (world) => {
  const runs = new Map(
    world.threads
      .filter(({ agentId }) => agentId === "")
      .map((thread) => [thread, findExploringRuns(thread)]),
  );
  const all = [...runs]
    .flatMap(([thread, own]) => own.map((run) => ({ thread, run, cost: runCost(world, thread, run) })))
    .toSorted((a, b) => b.cost - a.cost);
  if (all.length === 0) return undefined;
  return {
    isHabit: true,
    apply: (level) =>
      onMain(world.threads, (thread) =>
        delegate(world, thread, runs.get(thread) ?? [], ASSUMED.again[level]),
      ),
    occasions: all.length,
    places: twoPlaces(
      all.map(({ thread, run }) => placeOf(thread, thread.steps[run.from] as SimulationStep)),
    ),
    evidence: {
      runs: all.length,
      requests: sum(all.map(({ run }) => run.to - run.from + 1)),
      tokens: sum(all.map(({ run }) => run.tokens)),
      costUsd: sum(all.map(({ cost }) => cost)) / 1e9,
    },
    patch: [
      { type: "agent", name: "Explore", values: { model: AGENT } },
      {
        type: "memory",
        scope: "user",
        text: "To find something out that takes more than three searches or reads, use the Explore agent. Read files yourself only to edit them.",
      },
    ],
  };
};

function runCost({ pricing }: World, { steps }: StepThread, { from, to }: ExploringRun): number {
  let cost = 0;
  for (let index = from; index <= to; index++) cost += stepCost(steps, index, pricing);
  return cost;
}

/** Returns the runs of a thread that an agent could make. */
export function findExploringRuns({ steps }: StepThread): ExploringRun[] {
  const edits = lastEdits(steps);
  const runs: ExploringRun[] = [];
  let from = 0;
  steps.forEach((step, index) => {
    if (!isSameRun(steps[index - 1], step)) from = index;
    if (isSameRun(step, steps[index + 1]) || index - from + 1 < LEAST_REQUESTS || !step.isPaid) return;
    const run = measure(steps, from, index, edits);
    if (run) runs.push(run);
  });
  return runs;
}

function isSameRun(step: SimulationStep | undefined, next: SimulationStep | undefined): boolean {
  if (!step || !next || step.row.turn !== next.row.turn) return false;
  return step.row.calls.activity === "explore" && next.row.calls.activity === "explore";
}

/** Undefined where the run brings in little, or mostly files that are edited later. */
function measure(
  steps: readonly SimulationStep[],
  from: number,
  to: number,
  edits: ReadonlyMap<number, number>,
): ExploringRun | undefined {
  let [tokens, edited] = [0, 0];
  for (const { row } of steps.slice(from + 1, to + 2))
    for (const result of row.results) {
      tokens += result.tokens;
      if ((edits.get(result.target ?? 0) ?? 0) > to) edited += result.tokens;
    }
  return tokens >= LEAST_TOKENS && edited < MOST_EDITED * tokens ? { from, to, tokens } : undefined;
}

/** The first request of a run calls the agent, whose report takes the place of the results; `again` is the share of them that the main thread reads all the same. */
function delegate(
  world: World,
  thread: StepThread,
  runs: readonly ExploringRun[],
  again: number,
): StepThread {
  if (runs.length === 0) return thread;
  const starts = new Map(runs.map((run) => [run.from, run]));
  const steps: SimulationStep[] = [];
  let run: ExploringRun | undefined;
  let dropped = 0;
  thread.steps.forEach((step, index) => {
    if (step.row.isFirst || step.row.isCut) dropped = 0;
    if (run && index <= run.to) return;
    const isAfter = run?.to === index - 1;
    if (run && isAfter) {
      const growth = step.prompt - (thread.steps[run.from] as SimulationStep).prompt;
      dropped += Math.max(0, growth - REPORT - again * run.tokens);
    }
    dropped = withinPrompt(dropped, step);
    run = starts.get(index) ?? (isAfter ? undefined : run);
    const isStart = run?.from === index;
    if (dropped === 0 && !isStart) {
      steps.push(step);
      return;
    }
    const extras = isStart && run ? [...step.extras, agentWork(world, thread, run)] : step.extras;
    steps.push({
      ...step,
      prompt: step.prompt - dropped,
      withoutResults: isAfter || step.withoutResults,
      extras,
    });
  });
  return { ...thread, steps };
}

/** An agent that makes the same requests: it begins with its own first prompt and reads what it gathered again each time. */
function agentWork({ facts }: World, { steps }: StepThread, { from, to, tokens }: ExploringRun): Extra {
  const output = sum(steps.slice(from, to + 1).map(({ request }) => request.usage.output));
  return {
    tier: AGENT,
    prompt: facts.agentPrompt + tokens,
    input: 0,
    output: output + REPORT,
    read: (to - from) * (facts.agentPrompt + tokens / 2),
    write: facts.agentPrompt + tokens,
  };
}
