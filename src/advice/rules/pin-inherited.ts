import { bestMove, tierStep } from "../candidates.ts";
import { findMove } from "../finding.ts";
import { isInherited } from "../inherit.ts";
import type { AdviceRule } from "./rule.ts";

/** A model of its own for an agent that only has the session's, such as Explore. */
export const pinInherited: AdviceRule = {
  kind: "pin-inherited",
  recommend: (context) =>
    context.roles.flatMap((view) => {
      if (!isInherited(view, context)) return [];
      const { assignment } = view.current;
      const move = bestMove(view, context, (candidate) => tierStep(assignment, candidate, context) === -1);
      return move ? [findMove("pin-inherited", move, context)] : [];
    }),
};
