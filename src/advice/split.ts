import type { AdviceContext } from "./context.ts";
import { forecast } from "./forecast.ts";
import { findMove, type Found, LEAST_KNOWN } from "./move.ts";
import { type Step, stepsFor } from "./steps.ts";
import { countVotes, isAt, type Unit, unitOf } from "./unit.ts";

/** A part of an agent's work has at least this share. */
const LEAST_SHARE = 0.2;
const CLEARLY = 0.9;

/**
 * Finds the category of an agent's work that can go to a cheaper assignment if another category cannot: outcomes of both are known on both
 * assignments, and the best is not the same. Undefined if the data do not support a split.
 */
export function findSplit(unit: Unit, context: AdviceContext): Found | undefined {
  if (unit.agent === "main") return undefined;
  const parts = [...Map.groupBy(unit.tasks, ({ categories }) => categories.category)]
    .filter(([, tasks]) => tasks.length >= LEAST_SHARE * unit.tasks.length)
    .map(([category, tasks]) => ({
      ...unitOf(tasks, context.redos, category, unit.current),
      failureNano: unit.failureNano,
      redosSeen: unit.redosSeen,
    }));
  for (const part of parts) {
    const seen = seenSteps(part, context);
    if (seen.length === 0) continue;
    const found = findMove(part, context, seen);
    if (!("recommendation" in found) || !found.recommendation.proposed) continue;
    const { proposed } = found.recommendation;
    const worse = (one: Unit) => {
      const found = forecast(one, proposed, context);
      if (!found) return undefined;
      const { current, proposed: after } = found.outcomes;
      return Math.min(current.known, after.known) >= LEAST_KNOWN ? 1 - found.safe : undefined;
    };
    const own = worse(part);
    const others = parts.filter((other) => other !== part).map(worse);
    if (own === undefined || own > 0.5 || !others.some((chance) => chance !== undefined && chance > CLEARLY))
      continue;
    const { recommendation } = found;
    const id = recommendation.id.replace(recommendation.kind, "split-role");
    return {
      unit,
      recommendation: {
        ...recommendation,
        id,
        kind: "split-role",
        command: `rolecall recommend --apply ${id}`,
      },
    };
  }
  return undefined;
}

/** Returns the steps of a part that have enough known outcomes on the proposed assignment. */
function seenSteps(part: Unit, context: AdviceContext): Step[] {
  return stepsFor(part, context).filter(
    ({ proposed }) => countVotes(part.tasks.filter((task) => isAt(task, proposed))).known >= LEAST_KNOWN,
  );
}
