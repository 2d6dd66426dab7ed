import type { Sign } from "../../../domain/ledger.ts";
import { type Change, onMain } from "../change.ts";
import { totalCost } from "../cost.ts";
import { mapSteps } from "../edit.ts";
import { largest } from "../places.ts";
import type { SimulationStep, StepThread } from "../steps.ts";
import type { World } from "../change.ts";

const LEAST_LIFT = 5;
const LEAST_SHARE = 0.01;
const EVERY = { low: 4, mid: 2, high: 1 } as const;

/** Signs that a habit can avoid, with how. */
const AVOIDED: Partial<Record<Sign, string>> = {
  image: "Paste images at the start of a session, or in a new one.",
  skill: "Give large skills `context: fork`, so that they do not change this conversation.",
  mode: "Choose the permission mode before the first prompt.",
  effort: "Choose the effort before the first prompt.",
  tools: "Connect MCP servers before the first prompt, and leave them on until the end.",
  system: "Leave settings, memory files and the working folder alone while a session goes on.",
  resumed: "Resume a long session only to go on with the same work; otherwise begin a new one.",
};

/** Avoids what goes with caches that are lost without a pause. */
export const avoidLoss: Change = (world) => {
  const signs = lostSigns(world)
    .map((sign) => ({ sign, avoidable: avoidableWith(world, sign), lift: liftOf(world, sign) }))
    .filter(({ avoidable, lift }) => lift >= LEAST_LIFT && avoidable >= LEAST_SHARE * world.cost)
    .toSorted((a, b) => b.avoidable - a.avoidable);
  const [worst] = signs;
  if (!worst) return undefined;
  const { sign } = worst;
  const lost = largest(world, (step) => hasLost(step, sign));
  return {
    subject: sign,
    apply: (level) => without(world, sign, EVERY[level]),
    occasions: lost.count,
    places: lost.places,
    evidence: { losses: lost.count, lift: worst.lift, avoidableUsd: worst.avoidable / 1e9 },
    patch: [{ type: "memory", scope: "user", text: AVOIDED[sign] ?? "" }],
  };
};

/** The avoidable signs of losses that happened. */
function lostSigns({ threads }: World): Sign[] {
  const signs = new Set<Sign>();
  for (const { agentId, steps } of threads)
    if (agentId === "")
      for (const { loss, row } of steps) if (loss === "no-pause" && row.signs[0]) signs.add(row.signs[0]);
  return [...signs].filter((sign) => Object.hasOwn(AVOIDED, sign));
}

function hasLost(step: SimulationStep, sign: Sign): boolean {
  return step.loss === "no-pause" && step.row.signs[0] === sign;
}

function without({ threads }: World, sign: Sign, every: number): readonly StepThread[] {
  return onMain(threads, (thread) => {
    let seen = 0;
    return mapSteps(thread, (step) => {
      if (!hasLost(step, sign) || seen++ % every !== 0) return step;
      return { ...step, loss: undefined };
    });
  });
}

function avoidableWith(world: World, sign: Sign): number {
  return world.cost - totalCost(without(world, sign, 1), world.pricing);
}

/** Returns how much more often the cache is lost with a sign than on average. */
function liftOf({ threads }: World, sign: Sign): number {
  const counts = { all: 0, lost: 0, with: 0, lostWith: 0 };
  for (const { agentId, steps } of threads) {
    if (agentId !== "") continue;
    for (const { loss, row } of steps) {
      const isLost = loss === "no-pause" ? 1 : 0;
      const isThere = row.signs.includes(sign) ? 1 : 0;
      counts.all++;
      counts.lost += isLost;
      counts.with += isThere;
      counts.lostWith += isLost * isThere;
    }
  }
  if (counts.with === 0 || counts.lost === 0) return 0;
  return counts.lostWith / counts.with / (counts.lost / counts.all);
}
