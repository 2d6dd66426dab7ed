import { isFamily } from "../domain/model.ts";
import type { ModelFacts } from "../policy/model-facts.ts";
import { isAllowed, substitute } from "./allowed.ts";
import { decide, type SourceCandidate } from "./candidates.ts";
import { chooseEffort } from "./effort.ts";
import { fallbackChain } from "./fallbacks.ts";
import { withoutWindow } from "./names.ts";
import { overridden } from "./overrides.ts";
import { type Scene, setScene } from "./scene.ts";
import type { AgentModel, Effective, DecisionSource, Surroundings } from "./types.ts";
import { isAtLeast, SINCE } from "./version.ts";

/** Past this many tokens `opusplan` plans on Sonnet as well. */
const PLAN_WINDOW = 200_000;

/** Names that ANTHROPIC_DEFAULT_MODEL does not take. */
const NO_DEFAULT = new Set(["default", "inherit", "opusplan", "haiku"]);

/**
 * The model and effort of the next request of the main thread. `sessionAgent` is the agent that the settings' `agent` names,
 * where there is one.
 */
export function effectiveMain(around: Surroundings, facts: ModelFacts, sessionAgent?: AgentModel): Effective {
  const scene = setScene(around, facts);
  const { model, working, sources, notes } = mainModel(scene, sessionAgent, around.session.contextTokens);
  const flag = { source: "call", value: around.session.effort, where: "--effort" } as const;
  const effort = chooseEffort(model, [flag], scene, working);
  return {
    model: overridden(model, scene, notes),
    effort: effort.effort,
    fallbacks: fallbackChain(model, scene),
    sources: [...sources, ...effort.sources],
    notes: [...notes, ...effort.notes],
  };
}

/** The model of the main thread before overrides. Agents inherit it whatever the size of the context is: pass 0 for them. */
export function mainModel(
  scene: Scene,
  sessionAgent: AgentModel | undefined,
  contextTokens: number,
): MainModel {
  const { names, allowed, around } = scene;
  const { deciding, sources } = decide("model", mainCandidates(scene, sessionAgent));
  const standard = defaultModel(scene);
  const { source, value: name = standard } = deciding ?? {};
  if (source === "model-default" || (source === "call" && name === "default"))
    return { model: standard, working: standard, sources, planning: false, notes: [] };
  const notes: string[] = [];
  const working = names.resolve(name, notes);
  const byName = !isFamily(name) && allowed?.includes(name);
  if (!isAllowed(working, scene) && !byName) {
    const model = substitute(working, name, standard, scene, notes);
    return { model, working: model, sources, planning: false, notes };
  }
  const planning = around.session.mode === "plan" ? planningModel(name, contextTokens, scene) : undefined;
  return {
    model: planning?.model ?? working,
    working,
    sources,
    planning: planning !== undefined,
    notes: planning ? [planning.note] : notes,
  };
}

interface MainModel {
  model: string;
  /** Whether it is the model of plan mode. */
  planning: boolean;
  /** Model outside of plan mode. */
  working: string;
  sources: DecisionSource[];
  notes: string[];
}

/** Lists the places that may state the model of the main thread, in Claude Code's order. */
function mainCandidates(scene: Scene, sessionAgent: AgentModel | undefined): SourceCandidate[] {
  const { around, environment } = scene;
  const variable = environment("ANTHROPIC_MODEL");
  const knowsDefault = isAtLeast(around.version, SINCE.defaultModelVariable);
  const fallback = knowsDefault ? environment("ANTHROPIC_DEFAULT_MODEL") : undefined;
  const usable = fallback && !NO_DEFAULT.has(fallback.value.toLowerCase()) ? fallback.value : undefined;
  return [
    { source: "call", value: around.session.model?.trim() || undefined, where: "--model" },
    ...(sessionAgent ? [fromAgent(sessionAgent)] : []),
    { source: "environment", value: variable?.value, where: variable?.where ?? "ANTHROPIC_MODEL" },
    ...around.layers.map(({ path, settings }): SourceCandidate => {
      return { source: "settings", value: settings.model?.trim() || undefined, where: `${path} model` };
    }),
    ...(fallback ? [{ source: "environment" as const, value: usable, where: fallback.where }] : []),
    { source: "model-default", value: defaultModel(scene), where: "Claude Code" },
  ];
}

/** Returns the model of a session for which nothing says one. */
function defaultModel({ around: { version }, names, provider }: Scene): string {
  return names.alias(isAtLeast(version, SINCE.opusIsDefault) && provider !== "foundry" ? "opus" : "sonnet");
}

function fromAgent({ model, where }: AgentModel): SourceCandidate {
  const inherits = model?.trim().toLowerCase() === "inherit";
  return { source: "frontmatter", value: inherits ? undefined : model, where };
}

/** `opusplan` plans on Opus, a session on the alias `haiku` on Sonnet, each only in this spelling and where that is allowed. */
function planningModel(
  name: string,
  contextTokens: number,
  scene: Scene,
): { model: string; note: string } | undefined {
  const { names } = scene;
  const plain = withoutWindow(name);
  const sonnet = names.alias("sonnet");
  if (plain === "haiku")
    return isAllowed(sonnet, scene)
      ? { model: sonnet, note: `A session on \`haiku\` plans on ${sonnet}.` }
      : undefined;
  if (plain !== "opusplan") return undefined;
  if (contextTokens > PLAN_WINDOW)
    return {
      model: sonnet,
      note: `\`opusplan\` after a reply of more than 200,000 tokens means ${sonnet}, in plan mode too.`,
    };
  const opus = names.alias("opus");
  return isAllowed(opus, scene)
    ? { model: opus, note: `\`opusplan\` in plan mode means ${opus}.` }
    : { model: sonnet, note: `\`opusplan\` plans on ${sonnet}: availableModels does not allow ${opus}.` };
}
