import { bestMove, tierStep } from "../candidates.ts";
import { findMove } from "../finding.ts";
import { isInherited } from "../inherit.ts";
import { plansFirst } from "../planning.ts";
import { isHaikuReview } from "../review.ts";
import { tierOf } from "../role-view.ts";
import type { AdviceRule } from "./rule.ts";

/** A cheaper model for a role; what has a rule of its own is left to that. */
export const lowerTier: AdviceRule = {
  kind: "lower-tier",
  recommend: (context) =>
    context.roles.flatMap((view) => {
      if (isInherited(view, context)) return [];
      const { assignment } = view.current;
      const move = bestMove(
        view,
        context,
        (candidate) =>
          tierStep(assignment, candidate, context) === -1 &&
          !isHaikuReview(view, candidate, context) &&
          !(plansFirst(view) && tierOf(candidate, context.table) === "sonnet"),
      );
      return move ? [findMove("lower-tier", move, context)] : [];
    }),
};
