import { bestMove, tierStep } from "../candidates.ts";
import { findMove } from "../finding.ts";
import type { Rule } from "./rule.ts";

export const lowerTier: Rule = {
  kind: "lower-tier",
  recommend: (context) =>
    context.roles.flatMap((view) => {
      const move = bestMove(
        view,
        context,
        (candidate) => tierStep(view.current.assignment, candidate, context) === -1,
      );
      return move ? [findMove("lower-tier", move, context)] : [];
    }),
};
