import { type Change, onMain, placeOf, type World } from "../change.ts";
import { stepCost } from "../cost.ts";
import { lastEdits, sum } from "../facts.ts";
import { twoPlaces } from "../places.ts";
import type { Extra, Step, StepThread } from "../steps.ts";

const LEAST_REQUESTS = 4;
const LEAST_TOKENS = 10_000;
/** Files that are edited later have to be read by whoever edits them. */
const MOST_EDITED = 0.5;
/** What an agent hands back. */
const REPORT = { low: 4_000, mid: 2_000, high: 1_000 } as const;
const AGENT = "haiku";

/** Consecutive requests that only explore: steps `from` to `to`, and the tokens that they brought in. */
interface Run {
  from: number;
  to: number;
  tokens: number;
}

/** Explores in an agent on a small model instead of the main thread. */
export const exploreAgent: Change = (world) => {
  const runs = new Map(
    world.threads.map((thread) => [thread, thread.agentId === "" ? findRuns(thread) : []]),
  );
  const all = [...runs].flatMap(([thread, own]) =>
    own.map((run) => ({ thread, run, cost: runCost(world, thread, run) })),
  );
  if (all.length === 0) return undefined;
  all.sort((a, b) => b.cost - a.cost);
  const requests = sum(all.map(({ run }) => run.to - run.from + 1));
  return {
    isHabit: true,
    apply: (level) =>
      onMain(world.threads, (thread) => delegate(world, thread, runs.get(thread) ?? [], REPORT[level])),
    occasions: all.length,
    places: twoPlaces(all.map(({ thread, run }) => placeOf(thread, thread.steps[run.from] as Step))),
    evidence: {
      runs: all.length,
      requests,
      tokens: sum(all.map(({ run }) => run.tokens)),
      costUsd: sum(all.map(({ cost }) => cost)) / 1e9,
    },
    patch: [
      { type: "agent", name: "Explore", values: { model: AGENT } },
      {
        type: "memory",
        scope: "user",
        text: "To find something out that takes more than three searches or reads, use the Explore agent; read files yourself only to edit them.",
      },
    ],
    verify: { name: "runs of four or more exploration requests on the main thread", value: all.length },
  };
};

function runCost({ pricing }: World, { steps }: StepThread, { from, to }: Run): number {
  return sum(
    steps.slice(from, to + 1).map((step, index) => stepCost(step, steps[from + index - 1], pricing)),
  );
}

function findRuns(thread: StepThread): Run[] {
  const { steps } = thread;
  const lastEdit = lastEdits(steps);
  const runs: Run[] = [];
  let from = 0;
  steps.forEach((step, index) => {
    const isGoingOn =
      step.calls.activity === "explore" &&
      step.turn === steps[from]?.turn &&
      steps[from]?.calls.activity === "explore";
    if (!isGoingOn) from = index;
    const next = steps[index + 1];
    const isLast = !next || next.calls.activity !== "explore" || next.turn !== step.turn;
    if (!isLast || index - from + 1 < LEAST_REQUESTS || step.calls.activity !== "explore") return;
    const run = measure(steps, from, index, lastEdit);
    if (run && !step.isCopied) runs.push(run);
  });
  return runs;
}

/** Undefined where the run brings in little, or mostly files that are edited later. */
function measure(
  steps: readonly Step[],
  from: number,
  to: number,
  lastEdit: ReadonlyMap<number, number>,
): Run | undefined {
  const results = steps.slice(from + 1, to + 2).flatMap((step) => step.results);
  const tokens = sum(results.map((result) => result.tokens));
  const edited = sum(
    results.map(({ target, tokens }) => ((lastEdit.get(target ?? 0) ?? 0) > to ? tokens : 0)),
  );
  return tokens >= LEAST_TOKENS && edited < MOST_EDITED * tokens ? { from, to, tokens } : undefined;
}

/** The first request of a run calls the agent; its report takes the place of the results. */
function delegate(world: World, thread: StepThread, runs: readonly Run[], report: number): StepThread {
  if (runs.length === 0) return thread;
  let dropped = 0;
  const steps: Step[] = [];
  let next = 0;
  thread.steps.forEach((step, index) => {
    if (step.isFirst || step.isCut) dropped = 0;
    while ((runs[next]?.to ?? Infinity) < index) next++;
    const run = runs[next];
    if (run && index > run.from && index <= run.to) return;
    const before = runs[next - 1];
    const isAfter = before?.to === index - 1;
    if (isAfter) dropped += Math.max(0, step.prompt - (thread.steps[before.from] as Step).prompt - report);
    dropped = Math.max(0, Math.min(dropped, step.prompt - step.base - step.input));
    const shown =
      dropped > 0 ? { ...step, prompt: step.prompt - dropped, ...(isAfter && { results: [] }) } : step;
    steps.push(
      run?.from === index
        ? { ...shown, extras: [...shown.extras, agentWork(world, thread, run, report)] }
        : shown,
    );
  });
  return { ...thread, steps };
}

/** An agent that makes the same requests: it begins with its own first prompt and reads what it has gathered again and again. */
function agentWork(
  { facts }: World,
  { steps }: StepThread,
  { from, to, tokens }: Run,
  report: number,
): Extra {
  const requests = to - from + 1;
  const written = facts.agentPrompt + tokens;
  return {
    tier: AGENT,
    input: 0,
    output: sum(steps.slice(from, to + 1).map(({ output }) => output)) + report,
    read: (requests - 1) * (facts.agentPrompt + tokens / 2),
    write: written,
  };
}
