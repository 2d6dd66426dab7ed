import { EFFORTS } from "../domain/model.ts";
import type { ModelAtEffort } from "../domain/recommendation.ts";
import type { AdviceContext } from "./context.ts";
import type { Belief } from "./prior.ts";
import { effortOf, tierOf, type RoleView } from "./role-view.ts";

/**
 * On 400 pull requests Haiku 4.5 with thinking won 58 % of reviews against Sonnet 4.5 with thinking (Qodo): 0.32 in log
 * odds. One benchmark of one vendor: it moves the belief, with a wide error.
 */
export const HAIKU_REVIEW: Belief = { mean: -0.32, sd: 0.3 };

/** Whether the move is that of a reviewer to Haiku at high effort. Security reviews are not meant. */
export function isHaikuReview(view: RoleView, to: ModelAtEffort, { table }: AdviceContext): boolean {
  const effort = effortOf(to, table);
  const thinks = effort !== undefined && EFFORTS.indexOf(effort) >= EFFORTS.indexOf("high");
  return /review/i.test(view.role) && !/secur/i.test(view.role) && tierOf(to, table) === "haiku" && thinks;
}
