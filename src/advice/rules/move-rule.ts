import type { ModelAtEffort, RecommendationKind } from "../../domain/recommendation.ts";
import { bestMove } from "../candidates.ts";
import type { AdviceContext } from "../context.ts";
import { findMove } from "../finding.ts";
import type { AdviceRule } from "./rule.ts";

/** Whether a proposal is of a rule's kind, seen from what a role runs on now. */
type Fits = (now: ModelAtEffort, candidate: ModelAtEffort, context: AdviceContext) => boolean;

/** A rule that looks at each role alone and takes the best of the proposals that fit. */
export function moveRule(kind: RecommendationKind, fits: Fits): AdviceRule {
  return {
    kind,
    recommend: (context) =>
      context.roles.flatMap((view) => {
        const move = bestMove(view, context, (candidate) =>
          fits(view.current.assignment, candidate, context),
        );
        return move ? [findMove(kind, move, context)] : [];
      }),
  };
}
