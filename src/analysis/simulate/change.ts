import type { SessionSetup } from "../../domain/offered.ts";
import type { SimulatedAdvice, HistoryPlace } from "../../domain/simulation.ts";
import type { ModelTable } from "../../models/resolve.ts";
import type { SimulationPrices } from "./cost.ts";
import type { Facts } from "./facts.ts";
import type { SimulationStep, StepThread } from "./steps.ts";

/** The levels of the assumed gain. */
export const LEVELS = ["low", "mid", "high"] as const;
export type GainLevel = (typeof LEVELS)[number];

/** The assumptions of each level. */
export const ASSUMED = {
  /** Tokens looked up again after a cut. */
  lookup: { low: 40_000, mid: 20_000, high: 10_000 },
  /** Share of the work that a weaker model has to do again. */
  redo: { low: 0.25, mid: 0.12, high: 0.05 },
  /** Share of what an agent has read that the main thread reads as well. */
  again: { low: 0.25, mid: 0.1, high: 0.05 },
  /** A context is cut only where less of the files than this goes on to be used. */
  overlap: { low: 0.25, mid: 0.5, high: 1.01 },
  /** Tokens that leave the base. */
  base: { low: 5_000, mid: 10_000, high: 15_000 },
} as const satisfies Record<string, Record<GainLevel, number>>;

/** A history as the changes before have left it. */
export interface World {
  threads: readonly StepThread[];
  facts: Facts;
  models: ModelTable;
  pricing: SimulationPrices;
  /** Present cost of all threads. */
  cost: number;
  setup: SessionSetup;
  /** Agent types whose model other advice is about. */
  settled: ReadonlySet<string>;
}

/** The effect of a change on a history. */
export interface Plan extends Pick<SimulatedAdvice, "occasions" | "evidence" | "patch"> {
  places: readonly HistoryPlace[];
  /** The agent type or the sign that it is about. */
  subject?: string;
  /** Habits are followed half of the time at the low level. */
  isHabit?: boolean;
  apply: (level: GainLevel) => readonly StepThread[];
}

/** One kind of advice: undefined where its precondition does not hold. */
export type Change = (world: World) => Plan | undefined;

/** Returns where a step stands. */
export function placeOf({ session, file }: StepThread, { request }: SimulationStep): HistoryPlace {
  return { session, file, line: request.line };
}

/** Applies a function to the main threads only. */
export function onMain(
  threads: readonly StepThread[],
  apply: (thread: StepThread) => StepThread,
): readonly StepThread[] {
  return threads.map((thread) => (thread.agentId === "" ? apply(thread) : thread));
}
