import { bestMove, tierStep } from "../candidates.ts";
import { findMove } from "../finding.ts";
import type { Rule } from "./rule.ts";

/** A later model of the same tier: published as no weaker, and often cheaper. */
export const newerModel: Rule = {
  kind: "newer-model",
  recommend: (context) =>
    context.roles.flatMap((view) => {
      const { assignment } = view.current;
      const move = bestMove(
        view,
        context,
        (candidate) => candidate.model !== assignment.model && tierStep(assignment, candidate, context) === 0,
      );
      return move ? [findMove("newer-model", move, context)] : [];
    }),
};
