import type { ModelFacts } from "../model-facts.ts";
import { allowedModels, isAllowed } from "./allowed.ts";
import { chooseEffort } from "./effort.ts";
import { decide, type Candidate } from "./candidates.ts";
import { createEnvironment, type Environment } from "./environment.ts";
import { fallbackChain } from "./fallbacks.ts";
import { createNameReader, withoutWindow, type NameReader } from "./names.ts";
import { overridden } from "./overrides.ts";
import type { AgentModel, Effective, Session, Source, Surroundings } from "./types.ts";

/** Past this many tokens `opusplan` plans on Sonnet as well. */
const PLAN_WINDOW = 200_000;

/** Names that ANTHROPIC_DEFAULT_MODEL does not take. */
const NO_DEFAULT = new Set(["default", "inherit", "opusplan", "haiku"]);

/**
 * The model and effort of the next request of the main thread. `sessionAgent` is the agent that the settings' `agent` names,
 * where there is one.
 */
export function effectiveMain(around: Surroundings, facts: ModelFacts, sessionAgent?: AgentModel): Effective {
  const environment = createEnvironment(around.env, around.layers);
  const names = createNameReader(facts, environment, around.version);
  const { model, sources, notes } = mainModel(
    around,
    names,
    environment,
    sessionAgent,
    around.session.contextTokens,
  );
  const flag = { source: "call", value: around.session.effort, where: "--effort" } as const;
  const effort = chooseEffort(model, [flag], environment, around.layers, names);
  return {
    model: overridden(model, around.layers, notes),
    effort: effort.effort,
    fallbacks: fallbackChain(model, around.layers, names),
    sources: [...sources, ...effort.sources],
    notes: [...notes, ...effort.notes],
  };
}

/** The model of the main thread before overrides. Agents inherit it whatever the size of the context is: pass 0 for them. */
export function mainModel(
  around: Surroundings,
  names: NameReader,
  environment: Environment,
  sessionAgent: AgentModel | undefined,
  contextTokens: number,
): { model: string; sources: Source[]; notes: string[] } {
  const { deciding, sources } = decide("model", mainCandidates(around, names, environment, sessionAgent));
  const notes: string[] = [];
  const chosen = modelOf(deciding, { ...around.session, contextTokens }, names, notes);
  const allowed = allowedModels(around.layers);
  if (!allowed || isAllowed(chosen, allowed)) return { model: chosen, sources, notes };
  notes.push(`availableModels does not allow ${chosen}; the default runs instead.`);
  return { model: names.alias("opus"), sources, notes };
}

function mainCandidates(
  { session, layers }: Surroundings,
  names: NameReader,
  environment: Environment,
  sessionAgent: AgentModel | undefined,
): Candidate[] {
  const variable = environment("ANTHROPIC_MODEL");
  const fallback = environment("ANTHROPIC_DEFAULT_MODEL");
  const usable = fallback && !NO_DEFAULT.has(fallback.value.toLowerCase()) ? fallback.value : undefined;
  return [
    { source: "call", value: session.model?.trim() || undefined, where: "--model" },
    ...(sessionAgent
      ? [
          {
            source: "frontmatter" as const,
            value: inheritIsNone(sessionAgent.model),
            where: sessionAgent.where,
          },
        ]
      : []),
    { source: "environment", value: variable?.value, where: variable?.where ?? "ANTHROPIC_MODEL" },
    ...layers.map(({ path, settings }) => ({
      source: "settings" as const,
      value: settings.model?.trim() || undefined,
      where: `${path} model`,
    })),
    ...(fallback ? [{ source: "environment" as const, value: usable, where: fallback.where }] : []),
    { source: "model-default", value: names.alias("opus"), where: "Claude Code" },
  ];
}

function inheritIsNone(model: string | undefined): string | undefined {
  return model?.trim().toLowerCase() === "inherit" ? undefined : model;
}

/** `opusplan` plans on Opus and works on Sonnet; a session on the alias `haiku` plans on Sonnet. Both only as spelled here. */
function modelOf(
  deciding: Candidate | undefined,
  session: Session,
  names: NameReader,
  notes: string[],
): string {
  const { source, value: name = names.alias("opus") } = deciding ?? {};
  if (source === "model-default" || (source === "call" && name === "default")) return names.alias("opus");
  const plain = withoutWindow(name);
  if (session.mode !== "plan") return names.resolve(name, notes);
  if (plain === "opusplan") {
    const small = session.contextTokens <= PLAN_WINDOW;
    const id = names.alias(small ? "opus" : "sonnet");
    notes.push(
      small
        ? `\`opusplan\` in plan mode means ${id}.`
        : `\`opusplan\` after a reply of more than 200,000 tokens means ${id}, in plan mode too.`,
    );
    return id;
  }
  if (plain === "haiku") {
    notes.push(`A session on \`haiku\` plans on ${names.alias("sonnet")}.`);
    return names.alias("sonnet");
  }
  return names.resolve(name, notes);
}
