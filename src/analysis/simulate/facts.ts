import { median } from "../../domain/numbers.ts";
import type { SimulationStep, StepThread } from "./steps.ts";

/** The facts about a history that simulations need. Tokens. */
export interface Facts {
  /** Read in spite of a loss: system prompt and tools, which other sessions keep warm. */
  survives: number;
  /** First prompt of a session. */
  firstPrompt: number;
  /** Looked up again after a compaction; undefined where too few were seen. */
  lookup: number | undefined;
  /** Tokens that one request of exploration brings in. */
  perLookup: number;
  /** First prompt of an agent. */
  agentPrompt: number;
}

/** Fewer compactions show little about what is looked up afterwards. */
const LEAST_COMPACTIONS = 10;
/** Requests after a compaction in which things are looked up again. */
const LOOKUP_REQUESTS = 15;
/** For histories with too few of something: measured on others. */
const USUAL = { survives: 18_000, firstPrompt: 40_000, perLookup: 2_000, agentPrompt: 24_000 } as const;
const LEAST_PER_LOOKUP = 500;

/** Measures a history. */
export function measureFacts(threads: readonly StepThread[]): Facts {
  const main = threads.filter(({ agentId }) => agentId === "");
  const steps = main.flatMap((thread) => thread.steps);
  const survivors = steps.filter(({ loss, survives }) => loss && loss !== "compaction" && survives > 0);
  return {
    survives: median(survivors.map(({ survives }) => survives)) ?? USUAL.survives,
    firstPrompt: median(firstPrompts(main)) ?? USUAL.firstPrompt,
    lookup: measureLookup(main),
    perLookup: measureExploration(main),
    agentPrompt: median(firstPrompts(threads.filter(({ agentId }) => agentId !== ""))) ?? USUAL.agentPrompt,
  };
}

/** Returns the index of the last step that edits each file. */
export function lastEdits(steps: readonly SimulationStep[]): ReadonlyMap<number, number> {
  const edits = new Map<number, number>();
  steps.forEach(({ row }, index) => {
    for (const file of row.calls.edits) edits.set(file, index);
  });
  return edits;
}

function firstPrompts(threads: readonly StepThread[]): number[] {
  return threads.flatMap(({ steps }) => (steps[0]?.row.isFirst ? [steps[0].prompt] : []));
}

/** Tokens that the results of a request of exploration bring in, on average. */
function measureExploration(threads: readonly StepThread[]): number {
  let [requests, tokens] = [0, 0];
  for (const { steps } of threads)
    steps.forEach((step, index) => {
      if (steps[index - 1]?.row.calls.activity !== "explore") return;
      requests++;
      for (const result of step.row.results) tokens += result.tokens;
    });
  return requests > 0 ? Math.max(LEAST_PER_LOOKUP, tokens / requests) : USUAL.perLookup;
}

/** Returns how much more the context grows after a compaction than it usually does in as many requests. */
function measureLookup(threads: readonly StepThread[]): number | undefined {
  const after: number[] = [];
  const usual: number[] = [];
  for (const { steps } of threads) {
    let cut = -1;
    steps.forEach((step, index) => {
      if (step.row.isCut) cut = index;
      const start = steps[index - LOOKUP_REQUESTS];
      if (!start || cut > index - LOOKUP_REQUESTS) return;
      if (start.row.isCut) after.push(step.prompt - start.prompt);
      else if (index % LOOKUP_REQUESTS === 0) usual.push(step.prompt - start.prompt);
    });
  }
  if (after.length < LEAST_COMPACTIONS) return undefined;
  return Math.max(0, (median(after) ?? 0) - (median(usual) ?? 0));
}
