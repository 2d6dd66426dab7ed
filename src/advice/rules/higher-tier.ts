import { bestMove, tierStep } from "../candidates.ts";
import { findMove } from "../finding.ts";
import type { AdviceRule } from "./rule.ts";

export const higherTier: AdviceRule = {
  kind: "higher-tier",
  recommend: (context) =>
    context.roles.flatMap((view) => {
      const move = bestMove(
        view,
        context,
        (candidate) => tierStep(view.current.assignment, candidate, context) === 1,
      );
      return move ? [findMove("higher-tier", move, context)] : [];
    }),
};
