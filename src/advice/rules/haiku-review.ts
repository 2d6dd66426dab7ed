import { bestMove } from "../candidates.ts";
import { findMove } from "../finding.ts";
import { isHaikuReview } from "../review.ts";
import type { AdviceRule } from "./rule.ts";

/** Haiku that thinks, for review: the one job in which it was measured to beat the tier above it. */
export const haikuReview: AdviceRule = {
  kind: "haiku-review",
  recommend: (context) =>
    context.roles.flatMap((view) => {
      const move = bestMove(view, context, (candidate) => isHaikuReview(view, candidate, context));
      return move ? [findMove("haiku-review", move, context)] : [];
    }),
};
