import type { OtherAdvice, Simulation } from "../analysis/simulate/waterfall.ts";
import type { ChangeAdvice } from "../domain/change-decision.ts";
import type { Recommendation } from "../domain/recommendation.ts";
import type { AdviceKind, Range } from "../domain/simulation.ts";
import type { Advice } from "./recommend.ts";

/**
 * Returns what advice on outcomes covers, so that no simulation claims the same dollars or contradicts what is known: it has seen how the
 * work went, also where it proposes nothing.
 */
export function settledBy({
  recommendations,
  decided,
}: Pick<Advice, "recommendations" | "decided">): OtherAdvice {
  const moves = recommendations.filter(({ proposed }) => proposed !== null);
  const names = moves.flatMap(({ subject: { role, agent } }) => [role, agent]);
  const subjects = new Set([...names, ...decided].filter((name) => name !== null));
  const kinds: AdviceKind[] = [];
  if (subjects.delete("main")) kinds.push("main-model");
  if (moves.some(({ kind }) => kind === "newer-model")) kinds.push("newer-model");
  return { kinds, agents: [...subjects].toSorted() };
}

/** Returns what a simulation advises, with dollars in 30 days, the largest saving first. */
export function toChangeAdvice({ advice, months }: Simulation): ChangeAdvice[] {
  const inMonth = ({ low, mid, high }: Range) => ({
    low: low / months / 1e9,
    mid: mid / months / 1e9,
    high: high / months / 1e9,
  });
  return advice
    .map((one) => ({
      ...one,
      id: one.subject === "" ? one.kind : `${one.kind}-${one.subject}`,
      savingsUsdPerMonth: inMonth(one.saves),
    }))
    .toSorted((a, b) => b.savingsUsdPerMonth.mid - a.savingsUsdPerMonth.mid);
}

/**
 * Returns advice on outcomes as it counts beside simulated changes: what these take off the main session's cost, a change of its model
 * cannot save once more. Outcomes are priced at the prices of then, so the share is of what was paid.
 */
export function besideChanges(
  recommendations: readonly Recommendation[],
  { main: { unchangedThen, left } }: Simulation,
): Recommendation[] {
  const share = unchangedThen > 0 ? Math.min(1, left / unchangedThen) : 1;
  if (share === 1) return [...recommendations];
  return recommendations.map((one) => {
    const { low, mid, high } = one.savingsUsdPerMonth;
    if (one.subject.role !== "main" || mid <= 0) return one;
    return {
      ...one,
      savingsUsdPerMonth: { low: low * share, mid: mid * share, high: high * share },
      basis: [
        ...one.basis,
        `counts the ${Math.round(100 * share)}% of the main session's cost that today's prices and the changes of settings and habits leave`,
      ],
    };
  });
}
