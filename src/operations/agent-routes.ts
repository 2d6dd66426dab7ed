import { effectiveAgent } from "../client/agent.ts";
import { familyIn, FAMILIES, type Family, isEffort, isFamily } from "../domain/model.ts";
import { type Assignment, type Policy, roleOf } from "../domain/policy.ts";
import type { AgentRoute, Ladder } from "../hooks/state.ts";
import { refusalOf } from "../client/refusal.ts";
import { loadedAgents, type Setup, surroundingsOf } from "../client/setup.ts";
import type { AgentModel } from "../client/types.ts";
import type { LockedFile } from "../agents/lock.ts";
import { isOnTrial } from "../domain/decision.ts";
import type { LoggedAdvice } from "./advice-log.ts";
import { modelFacts } from "../policy/catalogue-facts.ts";
import type { ModelFacts } from "../policy/model-facts.ts";

/** Everything that decides what a hook puts into the calls of agents. */
export interface RouteScene {
  setup: Setup;
  policy: Policy;
  /** Advice that was applied here. */
  advice: readonly LoggedAdvice[];
  /** Returns what rolecall wrote into the file of an agent; undefined if it manages nothing there. */
  lockedAt: (path: string) => LockedFile | undefined;
}

/** Returns the aliases that a call may name in a set-up: those that come out as themselves and that no rule denies. */
export function honouredAliases(setup: Setup): Family[] {
  const around = surroundingsOf(setup);
  const facts = modelFacts();
  const plain: AgentModel = {
    name: "general-purpose",
    model: undefined,
    effort: undefined,
    where: "built-in",
  };
  return FAMILIES.filter((family) => {
    const call = { model: family };
    return (
      refusalOf(plain, call, around) === undefined &&
      familyIn(effectiveAgent(plain, call, around, facts).model) === family
    );
  });
}

/** Returns the route of each agent that Claude Code has in a set-up, by its name. */
export function routesOf(scene: RouteScene): Record<string, AgentRoute> {
  const { setup, policy } = scene;
  const facts = modelFacts();
  const routes: Record<string, AgentRoute> = {};
  for (const agent of loadedAgents(setup).values()) {
    routes[agent.name] = routeOf(agent, scene, facts) ?? withoutRole(agent, policy);
  }
  return routes;
}

function withoutRole(agent: AgentModel, policy: Policy): AgentRoute {
  return {
    why:
      policy.sources.length > 0 ? "the policy has no role for it" : "no policy yet: rolecall init writes one",
    ...(policy.hooks.unknownAgents === "route" && { byPrompt: true as const }),
    ...basisOf(agent, policy.escalation),
  };
}

/** Returns the fields that every route has. */
function basisOf(
  agent: AgentModel,
  escalation: Ladder,
): Pick<AgentRoute, "writes" | "isNamed" | "followsVariable" | "escalation"> {
  const followsVariable = agent.model === undefined;
  return { writes: canWrite(agent), isNamed: false, followsVariable, escalation };
}

const WRITERS = new Set(["Edit", "Write", "NotebookEdit", "*"]);
const READERS = new Set(["Explore", "Plan"]);

/** Returns whether an agent can change files, by its tools. */
function canWrite({ name, where, tools }: AgentModel): boolean {
  if (where === "built-in") return !READERS.has(name);
  return tools?.some((tool) => WRITERS.has(tool)) ?? true;
}

function routeOf(agent: AgentModel, scene: RouteScene, facts: ModelFacts): AgentRoute | undefined {
  const { policy } = scene;
  const role = policy.sources.length > 0 ? roleOf(policy, agent.name) : undefined;
  const base = basisOf(agent, role?.escalation ?? policy.escalation);
  const trial = trialOf(agent, scene, facts);
  if (trial) return { ...base, ...trial };
  const named = whyNamed(agent, scene);
  const tier = agent.model === undefined ? undefined : tierOf(agent.model, facts);
  if (named !== undefined) return { ...base, why: named, isNamed: true, ...(tier && { tier }) };
  return role && { ...base, ...assigned(role, agent, facts) };
}

/** The model and effort of a trial that runs on an agent. */
function trialOf(
  { name, model }: AgentModel,
  { advice }: RouteScene,
  facts: ModelFacts,
): Pick<AgentRoute, "model" | "effort" | "tier" | "why" | "trial"> | undefined {
  const running = advice.find(
    ({ decision }) => isOnTrial(decision) && decision.recommendation.subject.agent === name,
  )?.decision.recommendation;
  if (!running?.proposed) return undefined;
  const { proposed, id } = running;
  // A file that was edited since the trial began is the user's word.
  const written = running.policyPatch?.agents?.[name]?.model;
  if (written !== undefined && model !== undefined && model !== written) return undefined;
  const alias = aliasOf(proposed.model, facts);
  return {
    ...(alias && { model: alias, tier: alias }),
    ...(proposed.effort && { effort: proposed.effort }),
    why: `trial ${id}`,
    trial: id,
  };
}

/** Returns why the model of an agent counts as chosen by its author; undefined if rolecall may choose it. */
function whyNamed({ model, where, name }: AgentModel, { lockedAt, policy }: RouteScene): string | undefined {
  if (model === undefined) return undefined;
  if (where === "built-in") {
    // Explore and Plan say inherit; what their role shadows is the policy's to choose.
    const shadowed = roleOf(policy, name)?.shadows.includes(name);
    return model === "inherit" && shadowed ? undefined : `Claude Code runs it on ${model}`;
  }
  const locked = lockedAt(where);
  const isOurs = locked?.keys["model"] === model && locked.kept?.["model"] === undefined;
  return isOurs ? undefined : `its file names ${model}`;
}

function assigned(
  { role, model, tier, effort, reason }: Assignment,
  agent: AgentModel,
  facts: ModelFacts,
): Pick<AgentRoute, "model" | "effort" | "tier" | "why"> {
  const alias = model === "inherit" ? undefined : aliasOf(model, facts);
  const isEffortNamed = agent.effort !== undefined && agent.effort !== effort;
  const what = `role ${role} of the policy`;
  return {
    ...(alias && { model: alias }),
    ...(tier && { tier }),
    ...(effort && isEffort(effort) && !isEffortNamed && { effort }),
    why:
      model !== "inherit" && !alias
        ? `${what}: no alias means ${model}, so its file decides`
        : `${what} (${reason.from})`,
  };
}

/** Returns the alias that means a model today: a call takes no other names. */
function aliasOf(model: string, facts: ModelFacts): Family | undefined {
  if (isFamily(model)) return model;
  return FAMILIES.find((family) => facts.tiers[family] === model);
}

function tierOf(model: string, facts: ModelFacts): Family | undefined {
  return aliasOf(model, facts) ?? facts.find(model)?.family ?? familyIn(model);
}
