import { assess } from "../assess.ts";
import { bestMove, candidates } from "../candidates.ts";
import { isAlike, knownOf } from "../compare.ts";
import { isWorthwhile, worthOf } from "../decide.ts";
import { findMove, type AdviceFinding } from "../finding.ts";
import { shortName, writtenModel } from "../patch.ts";
import type { AdviceRule } from "./rule.ts";

const LEAST_SHARE = 0.2;

/** An agent split in two, where a part of its work can go to a lesser assignment and the rest cannot. */
export const splitRole: AdviceRule = {
  kind: "split-role",
  recommend: (context) =>
    context.roles.flatMap((view): AdviceFinding[] => {
      if (view.role === "main" || view.mix.size < 2 || bestMove(view, context, () => true)) return [];
      const parts = [...view.mix].filter(([, share]) => share >= LEAST_SHARE);
      const moves = parts.flatMap(([complexity]) => {
        const tasks = view.current.tasks.filter((task) => task.categories.complexity === complexity);
        if (tasks.length === view.current.tasks.length) return [];
        return candidates(view, context)
          .map((candidate) => assess(view, candidate, context, tasks))
          .filter((assessment) => assessment !== undefined)
          .filter(
            (one) =>
              knownOf(one.seen).length >= context.enough &&
              one.comparison &&
              isAlike(one.comparison) &&
              isWorthwhile(one, context),
          )
          .map((assessment) => ({ complexity, assessment }));
      });
      const [best] = moves.toSorted((a, b) => worthOf(b.assessment) - worthOf(a.assessment));
      if (!best) return [];
      const { complexity, assessment } = best;
      const finding = findMove("split-role", assessment, context);
      const name = `${view.role}-${complexity}`;
      const { proposed } = assessment;
      const id = `split-role-${name}-${shortName(proposed, context.tiers)}`;
      const role = {
        purpose: `Does the ${complexity} part of what ${view.role} does.`,
        ...writtenModel(proposed, context.tiers),
        ...(proposed.effort && { effort: proposed.effort }),
      };
      const recommendation = {
        ...finding.recommendation,
        id,
        confidence: "try" as const,
        policyPatch: { roles: { [name]: role } },
        command: `rolecall recommend --apply ${id}`,
      };
      return [{ ...finding, recommendation }];
    }),
};
