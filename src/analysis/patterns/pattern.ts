import type { Finding, Place } from "../../domain/finding.ts";
import type { JudgedTask } from "../../domain/judged-task.ts";
import type { NanoUsd } from "../../domain/money.ts";
import type { ModelTable } from "../../models/resolve.ts";
import type { SessionAnalysis } from "../outcomes/session.ts";

/** What the rules look at. */
export interface PatternInput {
  analyses: readonly SessionAnalysis[];
  tasks: readonly JudgedTask[];
  models: ModelTable;
}

/** What a rule says about the pattern that it found; its name and its texts are in the list of patterns. */
type Found = Omit<Finding, "kind" | "title" | "what">;

/** Finds one pattern, or nothing. */
export type PatternRule = (input: PatternInput) => Found | undefined;

/** One time that a pattern was seen. */
export interface Sighting {
  place: Place;
  costNano: NanoUsd;
}

const PLACES_SHOWN = 20;

/** A finding over its sightings, the dearest first; undefined where there are fewer than `least`. */
export function toFinding(
  sightings: readonly Sighting[],
  rest: Pick<Finding, "evidence" | "instead" | "sureness">,
  least = 1,
): Found | undefined {
  if (sightings.length < least) return undefined;
  const sorted = sightings.toSorted((a, b) => b.costNano - a.costNano);
  return {
    where: sorted.slice(0, PLACES_SHOWN).map(({ place }) => place),
    times: sightings.length,
    costNano: sightings.reduce((sum, { costNano }) => sum + costNano, 0),
    ...rest,
  };
}

export function placeOf({ session, file, line }: JudgedTask): Place {
  return { session, file, line };
}
