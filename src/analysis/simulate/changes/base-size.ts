import { median } from "../../../domain/numbers.ts";
import { ASSUMED, type Change, type GainLevel } from "../change.ts";
import { totalCost } from "../cost.ts";
import { mapSteps } from "../edit.ts";
import type { StepThread } from "../steps.ts";
import { placeOf } from "../change.ts";
import { twoPlaces } from "../places.ts";

const LEAST_REMOVABLE = 10_000;
const THOUSAND = 1_000;

/** Shortens what every session begins with: MCP servers, skills, memory files. */
export const baseSize: Change = (world) => {
  const starts = world.threads.filter(({ agentId, steps }) => agentId === "" && steps[0]?.row.isFirst);
  const first = median(starts.flatMap(({ steps }) => steps.slice(0, 1).map(({ prompt }) => prompt))) ?? 0;
  const removable = first - world.facts.survives;
  if (removable <= LEAST_REMOVABLE) return undefined;
  const simulate = (tokens: number) => world.threads.map((thread) => withoutBase(thread, tokens));
  const amount = (level: GainLevel) => Math.min(ASSUMED.base[level], removable);
  const ofThousand = world.cost - totalCost(simulate(THOUSAND), world.pricing);
  const longest = starts.toSorted((a, b) => (b.steps[0]?.prompt ?? 0) - (a.steps[0]?.prompt ?? 0));
  return {
    apply: (level) => simulate(amount(level)),
    isHabit: false,
    occasions: starts.length,
    places: twoPlaces(
      longest.flatMap((thread) => thread.steps.slice(0, 1).map((step) => placeOf(thread, step))),
    ),
    evidence: {
      firstPrompt: first,
      systemAndTools: world.facts.survives,
      removed: amount("mid"),
      thousandTokensUsd: ofThousand / 1e9,
    },
    patch: [
      {
        type: "manual",
        text: "Turn off MCP servers and skills that this project does not use, and shorten the longest memory file.",
      },
    ],
  };
};

function withoutBase(thread: StepThread, tokens: number): StepThread {
  if (thread.agentId !== "") return thread;
  return mapSteps(thread, (step) => {
    const removed = Math.min(tokens, step.base, Math.max(0, step.prompt - step.request.usage.input));
    return { ...step, prompt: step.prompt - removed, base: step.base - removed };
  });
}
