import { bestMove, effortStep } from "../candidates.ts";
import { findMove } from "../finding.ts";
import type { Rule } from "./rule.ts";

export const lowerEffort: Rule = {
  kind: "lower-effort",
  recommend: (context) =>
    context.roles.flatMap((view) => {
      const { assignment } = view.current;
      const move = bestMove(
        view,
        context,
        (candidate) =>
          candidate.model === assignment.model && effortStep(assignment, candidate, context) === -1,
      );
      return move ? [findMove("lower-effort", move, context)] : [];
    }),
};
