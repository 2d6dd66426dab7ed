import { median } from "../../../domain/numbers.ts";
import type { Patch } from "../../../domain/simulation.ts";
import { ASSUMED, type Change, type GainLevel, onMain, placeOf, type World } from "../change.ts";
import { mapSteps } from "../edit.ts";
import { cutThread } from "../cut.ts";
import { newSession } from "../cuts.ts";
import { stepCost, totalCost } from "../cost.ts";
import { largest, twoPlaces } from "../places.ts";
import type { SimulationStep, StepThread } from "../steps.ts";
import { type TurnStart, turnStarts, turnSums } from "../turns.ts";

/** At a shorter context a new session is not worth the look-ups. */
const COLD_PROMPT = 60_000;
const COMMITTED_PROMPT = 80_000;
const LEAST_PAUSE_SHARE = 0.03;

/** Starts a new session instead of going on with a cold cache, if the work changes. */
export const coldPrompt: Change = (world) => {
  const pauses = largest(world, isAfterPause);
  if (avoidable(world) < LEAST_PAUSE_SHARE * world.cost) return undefined;
  const { context, ...decisions } = decide(world, isAfterPause, COLD_PROMPT);
  return {
    ...decisions,
    isHabit: true,
    evidence: { context, pauses: pauses.count, pauseUsd: avoidable(world) / 1e9 },
    patch: [priceTag("UserPromptSubmit", world)],
  };
};

/** Starts a new session after a commit, if the work changes. */
export const clearAfterCommit: Change = (world) => {
  const { context, ...decisions } = decide(
    world,
    (step, { afterCommit }) => afterCommit && !isAfterPause(step),
    COMMITTED_PROMPT,
  );
  if (decisions.occasions === 0) return undefined;
  return {
    ...decisions,
    isHabit: true,
    evidence: { context },
    patch: [
      {
        type: "memory",
        scope: "user",
        text: "After a commit, if the next request is about other files, suggest /clear before going on.",
      },
    ],
  };
};

/** A prompt is worth a warning from this many times the user's own median on. */
const EXPENSIVE = 3;

/** The hook with the user's own numbers, so that it has to read no history. */
export function priceTag(event: "UserPromptSubmit" | "SessionStart", { threads, pricing }: World): Patch {
  const turns = threads
    .filter(({ agentId }) => agentId === "")
    .flatMap((thread) => turnSums(thread, pricing));
  const cost = median(turns.map((turn) => turn.cost)) ?? 0;
  const requests = median(turns.map((turn) => turn.requests)) ?? 1;
  const above = ((EXPENSIVE * cost) / 1e9).toFixed(2);
  return { type: "hook", event, command: `rolecall hook ${event} --above ${above} --requests ${requests}` };
}

function isAfterPause({ loss }: SimulationStep): boolean {
  return loss === "pause-1h" || loss === "pause-5m";
}

/** Returns what pauses cost beyond reading the same tokens. */
function avoidable(world: World): number {
  const without = world.threads.map((thread) =>
    mapSteps(thread, (step) => (isAfterPause(step) ? { ...step, loss: undefined } : step)),
  );
  return world.cost - totalCost(without, world.pricing);
}

/** Cuts the context at the occasions where the work changes. */
function decide(world: World, isOccasion: (step: SimulationStep, turn: TurnStart) => boolean, least: number) {
  const occasions = findOccasions(world, isOccasion);
  const taken: { thread: StepThread; step: SimulationStep; cost: number }[] = [];
  const simulate = (level: GainLevel, take?: (thread: StepThread, index: number) => void) =>
    onMain(world.threads, (thread) => {
      const turns = occasions.get(thread);
      if (!turns) return thread;
      return cutThread(thread, (_, before, index) => {
        const overlap = before.prompt > least ? turns.get(index) : undefined;
        if (overlap === undefined || overlap >= ASSUMED.overlap[level]) return undefined;
        take?.(thread, index);
        return newSession(world, thread, level);
      });
    });
  const mid = simulate("mid", (thread, index) => {
    const step = thread.steps[index] as SimulationStep;
    if (step.isPaid) taken.push({ thread, step, cost: stepCost(thread.steps, index, world.pricing) });
  });
  taken.sort((a, b) => b.cost - a.cost);
  return {
    apply: (level: GainLevel) => (level === "mid" ? mid : simulate(level)),
    context: median(taken.map(({ step }) => step.prompt)) ?? 0,
    occasions: taken.length,
    places: twoPlaces(taken.map(({ thread, step }) => placeOf(thread, step))),
  };
}

/** By thread, the steps at which a new session is an option, with how many of the files go on to be used. */
function findOccasions(
  { threads }: World,
  isOccasion: (step: SimulationStep, turn: TurnStart) => boolean,
): Map<StepThread, Map<number, number>> {
  const occasions = new Map<StepThread, Map<number, number>>();
  for (const thread of threads) {
    if (thread.agentId !== "") continue;
    const own = [...turnStarts(thread)].filter(([index, turn]) =>
      isOccasion(thread.steps[index] as SimulationStep, turn),
    );
    // A turn that uses no file may be about anything in the conversation.
    if (own.length > 0)
      occasions.set(thread, new Map(own.map(([index, { overlap = 1 }]) => [index, overlap])));
  }
  return occasions;
}
