import { mostBy, sum } from "../../../domain/numbers.ts";
import { type Tier, tierRank } from "../../../domain/model.ts";
import { ASSUMED, type Change, type GainLevel, placeOf, type World } from "../change.ts";
import { costOf } from "../cost.ts";
import { mapSteps } from "../edit.ts";
import { twoPlaces } from "../places.ts";
import type { SimulationStep, StepThread } from "../steps.ts";
import { turnSums } from "../turns.ts";

const LEAST_RUNS = 5;
const LEAST_EDIT_SHARE = 0.5;
const CHEAPER: Tier = "sonnet";

/** Runs agents of a type that inherits an expensive model on a cheaper one. */
export const agentModel: Change = (world) => {
  const runs = world.threads.filter((thread) => thread.agentId !== "" && isExpensive(world, thread));
  const types = [...Map.groupBy(runs, ({ agentType }) => agentType || "general-purpose")].filter(
    ([type, threads]) => threads.length >= LEAST_RUNS && !world.settled.has(type),
  );
  if (types.length === 0) return undefined;
  const moved = types.flatMap(([, threads]) => threads);
  const costs = new Map(moved.map((thread) => [thread, costOf(thread, world.pricing)]));
  const costOfType = ([, threads]: (typeof types)[number]) => sum(threads.map((one) => costs.get(one) ?? 0));
  types.sort((a, b) => costOfType(b) - costOfType(a));
  const best = moved.toSorted((a, b) => (costs.get(b) ?? 0) - (costs.get(a) ?? 0));
  const cost = sum([...costs.values()]) / 1e9;
  return {
    isHabit: true,
    apply: (level) => moveThreads(world.threads, new Set(moved), () => true, level),
    occasions: moved.length,
    places: twoPlaces(
      best.flatMap((thread) => thread.steps.slice(0, 1).map((step) => placeOf(thread, step))),
    ),
    evidence: { types: types.length, runs: moved.length, costUsd: cost },
    patch: types.map(([name]) => ({ type: "agent", name, values: { model: CHEAPER } })),
  };
};

/** Implements on a cheaper model, and plans on the present one. */
export const mainModel: Change = (world) => {
  const sessions = world.threads.filter(
    (thread) =>
      thread.agentId === "" && isExpensive(world, thread) && editShare(world, thread) >= LEAST_EDIT_SHARE,
  );
  if (sessions.length === 0) return undefined;
  const costs = new Map(sessions.map((thread) => [thread, costOf(thread, world.pricing)]));
  const best = sessions.toSorted((a, b) => (costs.get(b) ?? 0) - (costs.get(a) ?? 0));
  const cost = sum([...costs.values()]);
  return {
    apply: (level) => moveThreads(world.threads, new Set(sessions), implementing, level),
    occasions: sessions.length,
    places: twoPlaces(
      best.flatMap((thread) => thread.steps.slice(0, 1).map((step) => placeOf(thread, step))),
    ),
    evidence: { sessions: sessions.length, costUsd: cost / 1e9 },
    patch: [{ type: "settings", scope: "project", values: planSettings(world, sessions) }],
  };
};

/** Most of its requests ran above the cheaper tier. */
function isExpensive({ models }: World, { steps }: StepThread): boolean {
  const requests = new Map<string, number>();
  for (const { request } of steps) requests.set(request.model, (requests.get(request.model) ?? 0) + 1);
  const above = [...requests].filter(([model]) => {
    const family = models.find(model)?.family;
    return family && tierRank(family) > tierRank(CHEAPER);
  });
  return sum(above.map(([, count]) => count)) * 2 > steps.length;
}

/** Share of a thread's dollars in turns with edits. */
function editShare({ pricing }: World, thread: StepThread): number {
  const turns = turnSums(thread, pricing);
  const all = sum(turns.map(({ cost }) => cost));
  return all > 0 ? sum(turns.map(({ cost, hasEdits }) => (hasEdits ? cost : 0))) / all : 0;
}

/** Sonnet for the work and the present model for plans: `opusplan`, whose planning half is Opus unless it is named. */
function planSettings({ pricing }: World, sessions: readonly StepThread[]): Record<string, unknown> {
  const requests = new Map<string, number>();
  for (const { steps } of sessions)
    for (const { request } of steps) requests.set(request.model, (requests.get(request.model) ?? 0) + 1);
  const most = mostBy([...requests], ([, count]) => count)?.[0];
  const planner = most === undefined ? undefined : pricing.modelFor(most);
  if (planner?.family !== "fable") return { model: "opusplan" };
  return { model: "opusplan", env: { ANTHROPIC_DEFAULT_OPUS_MODEL: planner.id } };
}

type Moves = (step: SimulationStep, index: number, thread: StepThread) => boolean;

/** Turns before the first one with edits are planning. */
function implementing({ row }: SimulationStep, _index: number, { steps }: StepThread): boolean {
  return row.turn >= (steps.find((step) => step.row.calls.activity === "edit")?.row.turn ?? Infinity);
}

/** Moves steps to the cheaper tier; if the model changes in between, the context is written again. */
function moveThreads(
  threads: readonly StepThread[],
  moved: ReadonlySet<StepThread>,
  moves: Moves,
  level: GainLevel,
): readonly StepThread[] {
  const times = 1 + ASSUMED.redo[level];
  return threads.map((thread) => {
    if (!moved.has(thread)) return thread;
    let moving = false;
    return mapSteps(thread, (step, index) => {
      const isMoved = moves(step, index, thread);
      const isSwitch = isMoved !== moving && !step.row.isFirst;
      moving = isMoved;
      if (!isMoved) return step;
      const next: SimulationStep = { ...step, tier: CHEAPER, times: step.times * times };
      return isSwitch ? { ...next, loss: "switch", survives: 0 } : next;
    });
  });
}
