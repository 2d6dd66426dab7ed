import type { Sign } from "../../../domain/ledger.ts";
import { mostBy, sum } from "../../../domain/numbers.ts";
import type { Patch } from "../../../domain/simulation.ts";
import { type Change, onMain } from "../change.ts";
import { totalCost } from "../cost.ts";
import { mapSteps } from "../edit.ts";
import { largest } from "../places.ts";
import type { SimulationStep, StepThread } from "../steps.ts";
import type { World } from "../change.ts";
import { priceTag } from "./new-session.ts";

const LEAST_LIFT = 5;
const LEAST_SHARE = 0.01;
const EVERY = { low: 4, mid: 2, high: 1 } as const;

/** Signs that a habit can avoid, each with a line for Claude that says how. */
const AVOIDED: Partial<Record<Sign, string>> = {
  image:
    "If work needs images, ask for them at its start; if they come late, suggest a new session for them.",
  skill: "Use large skills in an agent of their own, not in a long conversation.",
  mode: "If work needs another permission mode, say so before it starts, not in the middle of a session.",
  effort: "If work needs another effort, say so before it starts, not in the middle of a session.",
  tools: "If work needs an MCP server, say so before it starts, not in the middle of a session.",
  system: "Leave settings, memory files and the working folder as they are until the end of a session.",
  resumed: "If a resumed session goes on with other work, suggest a new one.",
};

/** Modes that ask before they do harm. */
const SAFE_MODES = new Set(["default", "acceptEdits", "plan"]);

/**
 * Returns the patches that avoid a sign: the mode that sessions end up in from the start, a price tag on a session that is resumed, or a
 * line.
 */
function patchesFor(sign: Sign, world: World): Patch[] {
  const mode = sign === "mode" ? usualMode(world) : undefined;
  if (mode !== undefined)
    return [{ type: "settings", scope: "user", values: { permissions: { defaultMode: mode } } }];
  if (sign === "resumed") return [priceTag("SessionStart", world)];
  return [{ type: "memory", scope: "user", text: AVOIDED[sign] ?? "" }];
}

/** The mode that most changes of mode went to, if it is a safe one. */
function usualMode({ setup: { modes } }: World): string | undefined {
  const most = mostBy(Object.entries(modes), ([, count]) => count);
  const all = sum(Object.values(modes));
  return most && SAFE_MODES.has(most[0]) && most[1] * 2 > all ? most[0] : undefined;
}

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
    patch: patchesFor(sign, world),
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
