import { ASSUMED, type GainLevel, type World } from "./change.ts";
import type { Cut } from "./cut.ts";
import type { Extra, SimulationStep, StepThread } from "./steps.ts";

/** Tokens that a compaction leaves behind the base. */
const SUMMARY = 10_000;
/** Tokens that writing the summary takes. */
const SUMMARY_OUTPUT = 3_000;
/** Output of a request that only looks something up. */
const LOOKUP_OUTPUT = 150;

/** Returns the tokens that are looked up again after a cut: the user's own median at the middle, where it is known. */
function lookupTokens({ facts }: World, level: GainLevel): number {
  return level === "mid" ? (facts.lookup ?? ASSUMED.lookup.mid) : ASSUMED.lookup[level];
}

/** A compaction before a step: the context is read once and written as a summary. */
export function compaction(
  world: World,
  step: SimulationStep,
  before: SimulationStep,
  level: GainLevel,
): Cut {
  const lookup = lookupTokens(world, level);
  const kept = step.base + SUMMARY;
  const summary: Extra = {
    prompt: before.prompt,
    input: 0,
    output: SUMMARY_OUTPUT,
    read: before.prompt,
    write: 0,
  };
  const survives = Math.min(world.facts.survives, step.base);
  return { context: kept + lookup, survives, extras: [summary, lookups(world, kept, lookup)] };
}

/** A new session before a step. */
export function newSession(world: World, thread: StepThread, level: GainLevel): Cut {
  const lookup = lookupTokens(world, level);
  const first = thread.steps[0];
  const start = first?.row.isFirst
    ? Math.min(first.prompt, world.facts.firstPrompt)
    : world.facts.firstPrompt;
  const survives = Math.min(world.facts.survives, start);
  return { context: start + lookup, survives, extras: [lookups(world, start, lookup)] };
}

/** The requests that look tokens up again: each reads the context so far. */
function lookups({ facts }: World, context: number, tokens: number): Extra {
  const requests = tokens / facts.perLookup;
  return {
    prompt: context + tokens,
    input: 0,
    output: requests * LOOKUP_OUTPUT,
    read: requests * (context + tokens / 2),
    write: 0,
  };
}
