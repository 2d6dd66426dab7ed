import { isFamily, type Effort, type Tier } from "../domain/model.ts";
import type {
  Assignment,
  Escalation,
  HookRules,
  MainSession,
  ModelSettings,
  Policy,
  Reason,
} from "../domain/policy.ts";
import { InvalidInputError } from "../errors.ts";
import { findProblems } from "./check.ts";
import { mergeLayers } from "./layers.ts";
import type { ModelFacts } from "./model-facts.ts";
import { DEFAULTS, PRESET_LAYERS } from "./presets.ts";
import { chooseTier, ORDINARY_NEEDS, type TierChoice } from "./tier.ts";
import { newerFamily } from "./newer-model.ts";
import { BUILT_IN_ROLES } from "./roles.ts";
import type { PolicyLayer, WrittenMain, WrittenPolicy, WrittenRole } from "./written.ts";

/**
 * Resolves written policies (the strongest first: project, then user) over the preset and the built-in roles. Throws InvalidInputError
 * with all problems of all layers.
 */
export function resolvePolicy(layers: readonly PolicyLayer[], catalogue: ModelFacts): Policy {
  const preset = layers.find(({ written }) => written.preset)?.written.preset ?? "balanced";
  const all = [
    ...layers,
    { from: `preset ${preset}`, written: PRESET_LAYERS[preset] },
    { from: "needs", written: DEFAULTS },
  ];
  const problems = findProblems(all, catalogue);
  if (problems.length > 0) throw new InvalidInputError("the policy", problems);
  const {
    tolerance = 3,
    verify,
    generate = "all",
    main = {},
    escalation,
    hooks,
    tiers = {},
    roles = {},
  } = mergeLayers(all);
  const facts = { ...catalogue, tiers: { ...catalogue.tiers, ...tiers } };
  const escalate = escalation as Escalation;
  const claimed = new Set(layers.flatMap(({ written }) => agentsOf(written.roles)));
  const assignments = Object.entries(roles)
    .filter(([, role]) => role.enabled !== false)
    .map(([name, role]) => ({
      ...assign(name, { ...role, agents: agentsFor(name, role, claimed, layers) }, facts, all, escalate),
      generated: isGenerated(name, generate),
    }));
  return {
    preset,
    tolerance,
    ...(verify && { verify }),
    main: resolveMain(main, facts, tiers),
    escalation: escalate,
    hooks: hooks as HookRules,
    tiers,
    roles: new Map(assignments.map((assignment) => [assignment.role, assignment])),
    sources: layers.map(({ from }) => from),
  };
}

/** Returns whether a role has an agent of rolecall's own. The user's own roles have one even if `generate` does not list them. */
function isGenerated(name: string, generate: WrittenPolicy["generate"]): boolean {
  if (generate === "all" || generate === "none") return generate === "all";
  return generate?.includes(name) === true || !Object.hasOwn(BUILT_IN_ROLES, name);
}

function agentsOf(roles: Record<string, WrittenRole> = {}): string[] {
  return Object.values(roles).flatMap((role) => role.agents ?? []);
}

/** Returns the agents of a role: its own name, the user's list, and built-in names that the user did not give to another role. */
function agentsFor(
  name: string,
  role: WrittenRole,
  claimed: ReadonlySet<string>,
  layers: readonly PolicyLayer[],
): string[] {
  const written = layers.find((layer) => layer.written.roles?.[name]?.agents) ? (role.agents ?? []) : [];
  const builtIn = DEFAULTS.roles?.[name]?.agents ?? [];
  return [...new Set([name, ...written, ...builtIn.filter((agent) => !claimed.has(agent))])];
}

function assign(
  name: string,
  role: WrittenRole,
  facts: ModelFacts,
  layers: readonly PolicyLayer[],
  escalation: Escalation,
): Omit<Assignment, "generated"> {
  const needs = { ...ORDINARY_NEEDS, ...role.needs };
  const choice = chooseTier(needs, facts);
  const settled = settle(role, choice, facts);
  return {
    role: name,
    purpose: role.purpose ?? name,
    ...settled,
    tools: role.tools === "all" ? undefined : role.tools,
    maxTurns: role.maxTurns,
    isolation: role.isolation,
    omitClaudeMd: role.omitClaudeMd ?? false,
    needs,
    reason: reasonOf(name, role, choice, layers),
    agents: role.agents ?? [name],
    shadows: role.shadows ?? [],
    escalation: { ...escalation, ...role.escalation },
  };
}

interface Pin {
  tier?: Tier | undefined;
  model?: string | undefined;
  effort?: Effort | undefined;
}

/** Applies a pin to the choice by needs. Writes the tier's alias if it means the wanted model. */
function settle(pin: Pin, choice: TierChoice, facts: ModelFacts) {
  const tier = pin.tier ?? choice.tier;
  const model = pin.model ?? aliasOrId(tier, facts);
  const id = isFamily(model) ? facts.tiers[model] : model;
  const known = facts.find(id);
  const newer = known ? undefined : newerFamily(id, facts);
  const effort = pin.effort ?? choice.effort;
  const takesEffort = model === "inherit" || newer !== undefined || known?.efforts?.includes(effort);
  const family = known?.family ?? (newer === "unknown" ? undefined : newer);
  return {
    model,
    tier: model === "inherit" ? undefined : (family ?? tier),
    effort: takesEffort ? effort : undefined,
  };
}

function aliasOrId(tier: Tier, facts: ModelFacts): string {
  const id = facts.tiers[tier];
  return facts.aliases[tier] === id ? tier : id;
}

function reasonOf(
  name: string,
  role: WrittenRole,
  choice: TierChoice,
  layers: readonly PolicyLayer[],
): Reason {
  const pinnedBy = layers.find(({ written }) => {
    const layer = written.roles?.[name];
    return layer?.model ?? layer?.tier;
  });
  return {
    why: role.why ?? choice.steps.join("; "),
    evidence: role.evidence ?? `needs: ${choice.steps.join("; ")}`,
    from: pinnedBy?.from ?? "needs",
  };
}

function resolveMain(
  main: WrittenMain,
  facts: ModelFacts,
  tiers: Partial<Record<Tier, string>>,
): MainSession {
  const { model = "opusplan", fallbackModel = [], effort, subagentModel = "inherit", cache } = main;
  const perModel: Record<string, ModelSettings> = {};
  if (effort) for (const id of modelsBehind(model, facts)) perModel[id] = { effortLevel: effort };
  for (const [id, settings] of Object.entries(main.modelSettings ?? {}))
    perModel[id] = { ...perModel[id], ...settings };
  const aliases = Object.entries(tiers).map(([tier, id]) => [
    `ANTHROPIC_DEFAULT_${tier.toUpperCase()}_MODEL`,
    id,
  ]);
  return {
    model,
    fallbackModel,
    effort,
    modelSettings: perModel,
    env: {
      ...(subagentModel !== "inherit" && { CLAUDE_CODE_SUBAGENT_MODEL: subagentModel }),
      ...Object.fromEntries(aliases),
      ...main.env,
    },
    cache: { main: cache?.main ?? "auto", agents: cache?.agents ?? "auto" },
  };
}

/** Returns the exact ids of a main session's model: `opusplan` is Opus while planning and Sonnet otherwise. */
function modelsBehind(model: string, facts: ModelFacts): string[] {
  const plain = model.replace(/\[1m\]$/, "");
  if (plain === "opusplan") return [facts.tiers.opus, facts.tiers.sonnet];
  if (plain === "best" || plain === "default") return [facts.tiers.opus];
  return [isFamily(plain) ? facts.tiers[plain] : (facts.find(plain)?.id ?? plain)];
}
