import { tierRank } from "../../domain/model.ts";
import { agentLabels } from "../outcomes/agent-labels.ts";
import { beyondTier } from "./cheaper.ts";
import { type PatternRule, placeOf, toFinding } from "./pattern.ts";

/** Sub-agents for look-ups and mechanical work that run on the main thread's expensive model because they name none. */
export const inheritedAgents: PatternRule = ({ tasks, models }) => {
  const hit = tasks.filter(
    ({ kind, agent, requests, startTier, categories, askedModel = "inherit" }) =>
      kind === "agent-run" &&
      // Without its transcript only its type says what a run did.
      (requests > 0 || agentLabels(agent) !== undefined) &&
      askedModel === "inherit" &&
      startTier !== undefined &&
      tierRank(startTier) >= tierRank("opus") &&
      (categories.complexity === "exploration" || categories.complexity === "mechanical"),
  );
  const agents = new Set(hit.map(({ agent }) => agent));
  return toFinding(
    hit.map((task) => ({ place: placeOf(task), costNano: beyondTier(task, "haiku", models) })),
    {
      evidence: { runs: hit.length, agents: [...agents].sort().join(", ") },
      instead: "Set Haiku for agents that look things up, in the policy.",
      sureness: "estimate",
    },
    3,
  );
};
