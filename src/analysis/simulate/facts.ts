import type { Step, StepThread } from "./steps.ts";

/** What a history says about itself, as far as simulations need it. Tokens. */
export interface Facts {
  /** Read in spite of a loss: system prompt and tools, which other sessions keep warm. */
  survives: number;
  /** First prompt of a session. */
  firstPrompt: number;
  /** Looked up again after a compaction; undefined where too few were seen. */
  lookup: number | undefined;
  /** What one request of exploration brings in. */
  perLookup: number;
  /** First prompt of an agent. */
  agentPrompt: number;
}

/** Fewer compactions tell little about what is looked up afterwards. */
const LEAST_COMPACTIONS = 10;
/** Requests after a compaction in which things are looked up again. */
const LOOKUP_REQUESTS = 15;
/** Where a history has too few of something: measured on other histories. */
const USUAL = { survives: 18_000, firstPrompt: 40_000, perLookup: 2_300, agentPrompt: 24_000 } as const;

/** Measures a history. */
export function measureFacts(threads: readonly StepThread[]): Facts {
  const main = threads.filter(({ agentId }) => agentId === "");
  const steps = main.flatMap((thread) => thread.steps);
  const lost = steps.filter(({ loss, survives }) => loss && loss !== "compaction" && survives > 0);
  const explored = steps.filter(({ calls }) => calls.activity === "explore").length;
  const results = main.flatMap(exploreResults);
  return {
    survives: median(lost.map(({ survives }) => survives)) ?? USUAL.survives,
    firstPrompt: median(firstPrompts(main)) ?? USUAL.firstPrompt,
    lookup: measureLookup(main),
    perLookup: explored > 0 ? Math.max(500, sum(results) / explored) : USUAL.perLookup,
    agentPrompt: median(firstPrompts(threads.filter(({ agentId }) => agentId !== ""))) ?? USUAL.agentPrompt,
  };
}

/** Returns the median; undefined for an empty list. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function firstPrompts(threads: readonly StepThread[]): number[] {
  return threads.flatMap(({ steps }) => (steps[0]?.isFirst ? [steps[0].prompt] : []));
}

/** Tokens of the results that came after each step of exploration. */
function exploreResults({ steps }: StepThread): number[] {
  return steps.flatMap((step, index) =>
    steps[index - 1]?.calls.activity === "explore" ? [sum(step.results.map(({ tokens }) => tokens))] : [],
  );
}

/** How much more the context grows after a compaction than it usually does in as many requests. */
function measureLookup(threads: readonly StepThread[]): number | undefined {
  const after: number[] = [];
  const usual: number[] = [];
  for (const { steps } of threads)
    steps.forEach((step, index) => {
      const end = steps[index + LOOKUP_REQUESTS];
      if (!end || steps.slice(index + 1, index + LOOKUP_REQUESTS + 1).some(({ isCut }) => isCut)) return;
      if (step.isCut) after.push(end.prompt - step.prompt);
      else if (index % LOOKUP_REQUESTS === 0) usual.push(end.prompt - step.prompt);
    });
  if (after.length < LEAST_COMPACTIONS) return undefined;
  return Math.max(0, (median(after) ?? 0) - (median(usual) ?? 0));
}

/** The index of the last step that edits each file. */
export function lastEdits(steps: readonly Step[]): ReadonlyMap<number, number> {
  return new Map(
    steps.flatMap(({ calls }, index) => calls.edits.map((file): [number, number] => [file, index])),
  );
}
