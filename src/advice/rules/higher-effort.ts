import { bestMove, effortStep } from "../candidates.ts";
import { findMove } from "../finding.ts";
import type { Rule } from "./rule.ts";

export const higherEffort: Rule = {
  kind: "higher-effort",
  recommend: (context) =>
    context.roles.flatMap((view) => {
      const { assignment } = view.current;
      const move = bestMove(
        view,
        context,
        (candidate) =>
          candidate.model === assignment.model && effortStep(assignment, candidate, context) === 1,
      );
      return move ? [findMove("higher-effort", move, context)] : [];
    }),
};
