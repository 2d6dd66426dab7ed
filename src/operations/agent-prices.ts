import { effectiveAgent } from "../client/agent.ts";
import { sessionAgent, type Setup, surroundingsOf } from "../client/setup.ts";
import type { AgentModel } from "../client/types.ts";
import type { Routing } from "../agents/change.ts";
import type { AgentFile } from "../agents/discover.ts";
import type { Effort } from "../domain/model.ts";
import { loadModels } from "../history/load-models.ts";
import type { ModelTable } from "../models/resolve.ts";
import { modelFacts } from "../policy/catalogue-facts.ts";

/** Compares the prices of agents before and after a change of their model or effort. */
export interface AgentPrices {
  /** Change of the list price per output token in percent; undefined if either price is unknown. */
  changePercent(agent: AgentFile, to: Routing): number | undefined;
  /** Describes the increase of an agent's price; undefined if there is no increase. */
  raise(agent: AgentFile, to: Routing): string | undefined;
}

interface Running {
  model: string;
  /** Dollars per million output tokens. */
  rate: number | undefined;
  effort: Effort | null;
  /** Cost of a task at this effort relative to `high`. */
  weight: number;
}

/** Compares prices in a set-up, whose settings decide the models of agents. An inherited model has the price of the session's. */
export function readAgentPrices(setup: Setup): AgentPrices {
  const main = sessionAgent(setup);
  const around = surroundingsOf(setup);
  const facts = modelFacts();
  const table = loadModels(undefined, setup.env);
  const run = (agent: AgentModel): Running => {
    const { model, effort } = effectiveAgent(agent, {}, around, facts, main);
    return { model, effort, ...priceOf(model, effort, table) };
  };
  const both = ({ name = "", model, effort, path }: AgentFile, to: Routing) => ({
    today: run({ name, model, effort, where: path }),
    planned: run({ name, ...to, where: path }),
  });
  return {
    changePercent(agent, to) {
      const { today, planned } = both(agent, to);
      return today.rate && planned.rate !== undefined ? (planned.rate / today.rate - 1) * 100 : undefined;
    },
    raise(agent, to) {
      const { today, planned } = both(agent, to);
      return describeRaise(today, planned);
    },
  };
}

function priceOf(model: string, effort: Effort | null, table: ModelTable): Pick<Running, "rate" | "weight"> {
  const entry = table.find(model);
  const weights = entry?.effortCost ?? USUAL_WEIGHTS;
  return { rate: entry?.rates?.output, weight: effort ? weights[effort] : 1 };
}

/** For models without known values: about the middle of the known ones. */
const USUAL_WEIGHTS: Readonly<Record<Effort, number>> = {
  low: 0.5,
  medium: 0.65,
  high: 1,
  xhigh: 1.7,
  max: 3.5,
};

function describeRaise(today: Running, planned: Running): string | undefined {
  if (today.rate === undefined) return `the price of ${today.model} is not known`;
  if (planned.rate === undefined) return `the price of ${planned.model} is not known`;
  if (planned.rate * planned.weight <= today.rate * today.weight) return undefined;
  if (planned.rate <= today.rate)
    return `it would cost more: effort ${planned.effort} instead of ${today.effort}`;
  const was = `${today.model} at $${today.rate}`;
  return `it would cost more: ${planned.model} at $${planned.rate} instead of ${was} per million output tokens`;
}
