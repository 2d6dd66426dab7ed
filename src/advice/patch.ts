import { FAMILIES } from "../domain/model.ts";
import type { AdvicePatch, ModelAtEffort } from "../domain/recommendation.ts";
import type { AdviceContext } from "./context.ts";
import type { Unit } from "./unit.ts";

/** Returns how files name a model: by its tier if that means it, otherwise by its exact id. */
export function writtenModel({ model }: ModelAtEffort, tiers: AdviceContext["aliases"]): string {
  return FAMILIES.find((tier) => tiers[tier] === model) ?? model;
}

/** Returns what puts a unit on `proposed`. The main session moves by the settings of one person; agents that follow it stay. */
export function patchFor(unit: Unit, proposed: ModelAtEffort, context: AdviceContext): AdvicePatch {
  const model = writtenModel(proposed, context.aliases);
  const effort = proposed.effort && { effort: proposed.effort };
  if (unit.category !== null)
    return {
      agents: {
        [partName(unit)]: {
          model,
          ...effort,
          copyOf: { agent: unit.agent, description: partDescription(unit) },
        },
      },
    };
  if (unit.agent !== "main") return { agents: { [unit.agent]: { model, ...effort } } };
  const defaultEffort = context.table.find(proposed.model)?.defaultEffort;
  const follows = context.units.some(({ agent }) => context.files.inherits(agent));
  return {
    settings: {
      model,
      ...(proposed.effort && proposed.effort !== defaultEffort
        ? { [`modelSettings/${proposed.model}/effortLevel`]: proposed.effort }
        : {}),
      ...(follows ? { "env/CLAUDE_CODE_SUBAGENT_MODEL": writtenModel(unit.current, context.aliases) } : {}),
    },
  };
}

/** Returns the name of the agent that takes over one category of another's work. */
export function partName({ agent, category }: Pick<Unit, "agent" | "category">): string {
  return `${agent}-${category}`;
}

function partDescription({ agent, category }: Unit): string {
  return `Does the ${category} part of what ${agent} does. Use it instead of ${agent} for ${category}.`;
}

/** Returns a word for ids and commands: `haiku`, `haiku-high`, `claude-opus-4-8-low`. */
export function shortName(assignment: ModelAtEffort, tiers: AdviceContext["aliases"]): string {
  const name = writtenModel(assignment, tiers);
  return assignment.effort ? `${name}-${assignment.effort}` : name;
}
