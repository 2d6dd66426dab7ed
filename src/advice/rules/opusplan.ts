import { assess } from "../assess.ts";
import { isWorthwhile } from "../decide.ts";
import { findMove, type AdviceFinding } from "../finding.ts";
import { plansFirst } from "../planning.ts";
import { tierOf } from "../role-view.ts";
import type { AdviceRule } from "./rule.ts";

const ID = "opusplan-main";

/** opusplan for a session on Opus that plans first: plan mode stays on Opus, the rest goes to Sonnet. */
export const opusplan: AdviceRule = {
  kind: "opusplan",
  recommend: (context) =>
    context.roles.flatMap((view): AdviceFinding[] => {
      const { assignment, tasks } = view.current;
      if (!plansFirst(view) || tierOf(assignment, context.table) !== "opus") return [];
      const rest = tasks.filter(({ planMode }) => !planMode);
      const sonnet = { ...assignment, model: context.tiers.sonnet };
      const move = rest.length > 0 ? assess(view, sonnet, context, rest) : undefined;
      if (!move || !isWorthwhile(move, context)) return [];
      const finding = findMove("opusplan", move, context);
      const recommendation = {
        ...finding.recommendation,
        id: ID,
        proposed: { model: "opusplan" },
        policyPatch: { main: { model: "opusplan" } },
        command: `rolecall recommend --apply ${ID}`,
      };
      return [{ ...finding, recommendation }];
    }),
};
