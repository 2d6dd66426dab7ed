import type { Finding, FindingPlace } from "../../domain/finding.ts";
import type { JudgedTask } from "../../domain/judged-task.ts";
import type { NanoUsd } from "../../domain/money.ts";
import type { ModelTable } from "../../models/resolve.ts";
import type { SessionAnalysis } from "../outcomes/session.ts";

/** The data that the rules look at. */
export interface PatternInput {
  analyses: readonly SessionAnalysis[];
  tasks: readonly JudgedTask[];
  models: ModelTable;
}

/** The finding of a rule; its name and its texts are in the list of patterns. */
type FoundPattern = Omit<Finding, "kind" | "title" | "what">;

/** Finds one pattern, or nothing. */
export type PatternRule = (input: PatternInput) => FoundPattern | undefined;

/** One occurrence of a pattern. */
export interface Occurrence {
  place: Omit<FindingPlace, "costNano">;
  costNano: NanoUsd;
}

const PLACES_SHOWN = 20;

/** Returns a finding over its occurrences, the most expensive first; undefined when there are fewer than `least`. */
export function toFinding(
  occurrences: readonly Occurrence[],
  rest: Pick<Finding, "evidence" | "instead" | "sureness">,
  least = 1,
): FoundPattern | undefined {
  if (occurrences.length < least) return undefined;
  const sorted = occurrences.toSorted((a, b) => b.costNano - a.costNano);
  return {
    where: sorted.slice(0, PLACES_SHOWN).map(({ place, costNano }) => ({ ...place, costNano })),
    times: occurrences.length,
    costNano: occurrences.reduce((sum, { costNano }) => sum + costNano, 0),
    ...rest,
  };
}

export function placeOf({ session, file, line }: JudgedTask): Occurrence["place"] {
  return { session, file, line };
}
