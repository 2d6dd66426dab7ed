import { median } from "../../../domain/numbers.ts";
import type { Patch } from "../../../domain/simulation.ts";
import { tokensIn } from "../../ledger/rows.ts";
import { ASSUMED, type Change, type GainLevel, placeOf, type World } from "../change.ts";
import { totalCost } from "../cost.ts";
import { mapSteps } from "../edit.ts";
import { twoPlaces } from "../places.ts";
import type { SimulationStep, StepThread } from "../steps.ts";
import { findUnused, patchUnused, type UnusedTools } from "../unused.ts";

const LEAST_REMOVABLE = 10_000;
const THOUSAND = 1_000;
/** Tokens are estimated from lengths, usually within a tenth. */
const SURE_SHARE = 0.9;

/** Shortens what every session begins with: MCP servers, skills, memory files. */
export const baseSize: Change = (world) => {
  const starts = world.threads.filter(({ agentId, steps }) => agentId === "" && steps[0]?.row.isFirst);
  const first = median(starts.flatMap(({ steps }) => steps.slice(0, 1).map(({ prompt }) => prompt))) ?? 0;
  const removable = first - world.facts.survives;
  if (removable <= LEAST_REMOVABLE) return undefined;
  const unused = findUnused(world.setup.offered);
  const amountOf = createAmounts(world, unused, removable);
  const simulate = (tokens: Amount) => world.threads.map((thread) => withoutBase(thread, tokens));
  const longest = starts.toSorted((a, b) => (b.steps[0]?.prompt ?? 0) - (a.steps[0]?.prompt ?? 0));
  const typical = (amount: Amount) =>
    median(starts.flatMap((thread) => thread.steps.slice(0, 1).map((step) => amount(step, thread)))) ?? 0;
  return {
    apply: (level) => simulate(amountOf(level)),
    isHabit: false,
    occasions: starts.length,
    places: twoPlaces(
      longest.flatMap((thread) => thread.steps.slice(0, 1).map((step) => placeOf(thread, step))),
    ),
    evidence: {
      firstPrompt: first,
      systemAndTools: world.facts.survives,
      removed: Math.round(typical(amountOf("mid"))),
      thousandTokensUsd:
        (world.cost -
          totalCost(
            simulate(() => THOUSAND),
            world.pricing,
          )) /
        1e9,
      ...evidenceOf(world, unused, Math.round(typical(createListed(world, unused)))),
    },
    patch: patchOf(world, unused),
  };
};

/** Tokens that leave the base of a step. */
type Amount = (step: SimulationStep, thread: StepThread) => number;

/**
 * Returns how much goes at each level. What is listed and never called is measured: what settings hide of it is sure, all of it and more
 * is assumed, as much as where no transcript shows what is listed.
 */
function createAmounts(world: World, unused: UnusedTools, removable: number): (level: GainLevel) => Amount {
  const listed = createListed(world, unused);
  const listing = new Set(world.setup.offered.map(({ project }) => project));
  const sure: Amount = (step, thread) =>
    SURE_SHARE * tokensOf(world, step, unused.sizeIn(thread.project).bySettings);
  return (level) => (step, thread) => {
    const isSure = level === "low" && listing.has(thread.project);
    return Math.min(
      removable,
      isSure ? sure(step, thread) : Math.max(ASSUMED.base[level], listed(step, thread)),
    );
  };
}

/** All that is listed and never called. */
function createListed(world: World, unused: UnusedTools): Amount {
  return (step, { project }) => {
    const { bySettings, byHand } = unused.sizeIn(project);
    return tokensOf(world, step, bySettings + byHand);
  };
}

function tokensOf({ models }: World, { request }: SimulationStep, characters: number): number {
  return tokensIn(characters, models.find(request.model));
}

function withoutBase(thread: StepThread, tokens: Amount): StepThread {
  if (thread.agentId !== "") return thread;
  return mapSteps(thread, (step) => {
    const most = Math.min(step.base, Math.max(0, step.prompt - step.request.usage.input));
    const removed = Math.min(most, tokens(step, thread));
    return { ...step, prompt: step.prompt - removed, base: step.base - removed };
  });
}

function evidenceOf({ setup }: World, { skills, servers, plugins }: UnusedTools, tokens: number) {
  if (setup.listing === 0) return { listing: 0 };
  return {
    listing: setup.listing,
    unusedSkills: skills.length,
    unusedServers: servers.length,
    unusedPlugins: plugins.length,
    unusedTokens: tokens,
  };
}

function patchOf({ setup }: World, unused: UnusedTools): Patch[] {
  const unknown = `The transcripts do not show which MCP servers and skills these sessions had: /context lists them. Turn off those that a project does not use.`;
  return [
    ...patchUnused(unused),
    ...(setup.listing === 0 ? [{ type: "manual", text: unknown } as const] : []),
    { type: "manual", text: memoryAdvice(setup.memory) },
  ];
}

function memoryAdvice(memory: World["setup"]["memory"]): string {
  if (!memory) return "Shorten the longest memory file: every request carries it.";
  const tokens = Math.round(tokensIn(memory.size, undefined) / 100) * 100;
  return `Shorten the longest memory file, ${memory.path} (about ${tokens.toLocaleString("en-US")} tokens): every request carries it.`;
}
