import { familyIn, type Family, isFamily, tierRank } from "../domain/model.ts";
import type { ModelFacts } from "../policy/model-facts.ts";
import { isAllowed, newestOf, substitute } from "./allowed.ts";
import { decide, type SourceCandidate } from "./candidates.ts";
import { chooseEffort } from "./effort.ts";
import { isOn, type Environment } from "./environment.ts";
import { fallbackChain } from "./fallbacks.ts";
import { mainModel } from "./main.ts";
import { overridden } from "./overrides.ts";
import { type Scene, setScene } from "./scene.ts";
import type { AgentCall, AgentModel, Effective, Surroundings } from "./types.ts";
import { isAtLeast, SINCE } from "./version.ts";

/** The model and effort that an agent runs on when the main thread calls it. */
export function effectiveAgent(
  agent: AgentModel,
  call: AgentCall,
  around: Surroundings,
  facts: ModelFacts,
  sessionAgent?: AgentModel,
): Effective {
  const scene = setScene(around, facts);
  // However large the context is: seen with opusplan, whose agents stay on Opus when the main thread moves to Sonnet.
  const { model: parent, working, planning } = mainModel(scene, sessionAgent, 0);
  const asked: Asked = { ...scene, agent, call, parent, working, notes: [] };
  const { deciding, sources } = decide("model", modelCandidates(asked));
  const wanted = modelOf(deciding, asked);
  // What the parent runs on needs no leave, whether it is inherited or an alias comes to it.
  const fine =
    inherits(deciding, around.version) || ofParentsFamily(deciding, asked) || isAllowed(wanted, scene);
  const own = fine
    ? wanted
    : substitute(wanted, deciding?.value ?? "", fallbackOf(asked), scene, asked.notes);
  const model =
    planning && !isAtLeast(around.version, SINCE.agentsKeepModelInPlan) ? planned(own, asked) : own;
  const effort = chooseEffort(model, effortCandidates(model, asked), scene);
  return {
    model: overridden(model, scene, asked.notes),
    effort: effort.effort,
    fallbacks: fallbackChain(model, scene),
    sources: [...sources, ...effort.sources],
    notes: [...asked.notes, ...effort.notes],
  };
}

interface Asked extends Scene {
  agent: AgentModel;
  call: AgentCall;
  /** The model of the main thread. */
  parent: string;
  /** Model outside of plan mode. */
  working: string;
  notes: string[];
}

/** Older versions put every agent on the planning model. */
function planned(own: string, { parent, notes }: Asked): string {
  if (own !== parent) notes.push(`In plan mode this version of Claude Code runs every agent on ${parent}.`);
  return parent;
}

/** Lists the places that may state the model, in the order of this version of Claude Code. */
function modelCandidates({
  agent,
  call,
  parent,
  environment,
  around: { version },
}: Asked): SourceCandidate[] {
  const variable = environment("CLAUDE_CODE_SUBAGENT_MODEL");
  const own: SourceCandidate[] = [
    { source: "call", value: call.model, where: "the Agent call" },
    { source: "frontmatter", value: agent.model, where: agent.where },
  ];
  const saysInherit = variable?.value === "inherit" && isAtLeast(version, SINCE.inheritIsUnset);
  const fromVariable: SourceCandidate = {
    source: "environment",
    value: variable?.value,
    where: variable?.where ?? "CLAUDE_CODE_SUBAGENT_MODEL",
    says: variable !== undefined && !saysInherit,
  };
  return [
    ...(isAtLeast(version, SINCE.force) ? [force(environment, variable?.value)] : []),
    ...(isAtLeast(version, SINCE.variableIsDefault) ? [...own, fromVariable] : [fromVariable, ...own]),
    { source: "parent", value: parent, where: "the session's model" },
  ];
}

function force(environment: Environment, model = "inherit"): SourceCandidate {
  const found = environment("CLAUDE_CODE_SUBAGENT_MODEL_FORCE");
  const says = isOn(found);
  return {
    source: "force",
    value: says ? model : found?.value,
    where: found?.where ?? "CLAUDE_CODE_SUBAGENT_MODEL_FORCE",
    says,
  };
}

function modelOf(deciding: SourceCandidate | undefined, asked: Asked): string {
  const { parent, working, names, notes, around } = asked;
  const value = deciding?.value ?? parent;
  if (inherits(deciding, around.version)) return inherited(asked);
  const family = ofParentsFamily(deciding, asked);
  if (!family) return names.resolve(value, notes);
  if (working !== names.alias(family))
    notes.push(`\`${family}\` is the parent's own family, so its exact model is taken.`);
  return working;
}

/** The family that the call or the front matter names by its alias, where the parent is of it. */
function ofParentsFamily(deciding: SourceCandidate | undefined, { working }: Asked): Family | undefined {
  const alias = deciding?.value?.trim().toLowerCase() ?? "";
  const own = deciding?.source === "call" || deciding?.source === "frontmatter";
  return own && isFamily(alias) && familyIn(working) === alias ? alias : undefined;
}

/** Returns whether the parent's model is meant: nothing says one, or it says `inherit`, in front matter in any case. */
function inherits(deciding: SourceCandidate | undefined, version: string): boolean {
  const { source = "parent", value = "" } = deciding ?? ({} as Partial<SourceCandidate>);
  const isVerbatim = source === "call" || source === "environment";
  if (isVerbatim && !isAtLeast(version, SINCE.inheritIsParent)) return false;
  const own = source === "call" || source === "frontmatter";
  return source === "parent" || value === "inherit" || (own && value.trim().toLowerCase() === "inherit");
}

/** Returns what an agent has from its parent; the built-in Explore goes no higher than Opus, where an Opus is allowed. */
function inherited(asked: Asked): string {
  const { agent, parent, names, notes, around } = asked;
  const family = familyIn(parent) ?? names.find(parent)?.family;
  const keepsUnknown = isAtLeast(around.version, SINCE.exploreKeepsUnknown);
  const tooHigh = family === undefined ? !keepsUnknown : tierRank(family) > tierRank("opus");
  if (agent.name !== "Explore" || agent.where !== "built-in" || !tooHigh) return parent;
  const opus = names.alias("opus");
  const capped = isAllowed(opus, asked) ? opus : newestOf("opus", asked);
  if (capped !== undefined) notes.push("The built-in Explore goes no higher than Opus.");
  return capped ?? parent;
}

/** Returns what runs where the wanted model is not allowed: the default of agents, if that is, else the parent's model. */
function fallbackOf(asked: Asked): string {
  const { environment, names, parent } = asked;
  const variable = environment("CLAUDE_CODE_SUBAGENT_MODEL")?.value;
  if (variable === undefined || variable === "inherit") return parent;
  const model = names.resolve(variable);
  return isAllowed(model, asked) ? model : (newestOf(variable, asked) ?? parent);
}

function effortCandidates(
  model: string,
  { agent, call, parent, environment, around }: Asked,
): SourceCandidate[] {
  const variable = environment("CLAUDE_CODE_SUBAGENT_EFFORT");
  const reachesAll = !isAtLeast(around.version, SINCE.effortOfSessionModel);
  const fromCall = { source: "call", value: call.effort, where: "the Agent call" } as const;
  const fromVariable = {
    source: "environment",
    // It does not reach teammates.
    value: call.teammate ? undefined : variable?.value,
    where: variable?.where ?? "CLAUDE_CODE_SUBAGENT_EFFORT",
  } as const;
  return [
    ...(isAtLeast(around.version, SINCE.callEffort) ? [fromCall] : []),
    { source: "frontmatter", value: agent.effort, where: agent.where },
    ...(isAtLeast(around.version, SINCE.subagentEffort) ? [fromVariable] : []),
    {
      source: "parent",
      value: model === parent || reachesAll ? around.session.effort : undefined,
      where: "--effort of the session",
    },
  ];
}
