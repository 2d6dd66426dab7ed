import { EFFORTS, FAMILIES, isFamily } from "../domain/model.ts";
import type { InputProblem } from "../errors.ts";
import { mergeLayers } from "./layers.ts";
import type { ModelFact, ModelFacts } from "./model-facts.ts";
import { nearest } from "../domain/nearest.ts";
import { newerFamily } from "./newer-model.ts";
import { BUILT_IN_ROLES } from "./roles.ts";
import type { PolicyLayer, WrittenPolicy, WrittenRole } from "./written.ts";

/** Model names that only the main session accepts, besides the tiers' aliases. */
const SESSION_ALIASES = ["opusplan", "best", "default"] as const;

/** Variables that would defeat the policy, or that have a key of their own. */
const REFUSED_ENV: Readonly<Record<string, string>> = {
  CLAUDE_CODE_SUBAGENT_MODEL: "not allowed here. Write main.subagentModel instead",
  CLAUDE_CODE_SUBAGENT_MODEL_FORCE: "not allowed here: it would override the model of every role",
  CLAUDE_CODE_EFFORT_LEVEL:
    "not allowed here: it would override the effort of every agent. Write main.effort, or effort on the roles",
  CLAUDE_CODE_SUBAGENT_EFFORT: "not allowed here. Write effort on the roles instead",
};

/** Finds problems beyond the schema: unknown models, impossible efforts, agents with two roles. */
export function findProblems(layers: readonly PolicyLayer[], facts: ModelFacts): InputProblem[] {
  return [...layers.flatMap((layer) => problemsOfLayer(layer, facts)), ...problemsOfWhole(layers, facts)];
}

function problemsOfLayer(layer: PolicyLayer, facts: ModelFacts): InputProblem[] {
  const problems: InputProblem[] = [];
  const report = reporter([layer], problems);
  const { written } = layer;
  for (const [key, name] of modelsNamed(written)) {
    const wrong = unknownModel(name, key, facts);
    if (wrong) report(key, wrong);
  }
  for (const [name, role] of Object.entries(written.roles ?? {}))
    if (role.tier && role.model)
      report(["roles", name, "model"], { message: "a role can be pinned by tier or by model, not by both" });
  for (const name of Object.keys(written.main?.env ?? {}))
    if (REFUSED_ENV[name]) report(["main", "env", name], { message: REFUSED_ENV[name] });
  return problems;
}

function problemsOfWhole(layers: readonly PolicyLayer[], facts: ModelFacts): InputProblem[] {
  const problems: InputProblem[] = [];
  const report = reporter(layers, problems);
  const merged = mergeLayers(layers);
  const tiers = { ...facts.tiers, ...merged.tiers };
  const owners = new Map<string, string>();
  reportUnknownRoles(merged, report);
  const given = layers.slice(0, -1).map(({ written }) => written);
  for (const [name, role] of Object.entries(merged.roles ?? {})) {
    if (!role.purpose && !Object.hasOwn(BUILT_IN_ROLES, name)) report(["roles", name], withoutPurpose(name));
    const wrong = impossibleEffort(role, tiers, facts);
    if (wrong) report(["roles", name, "effort"], wrong);
    for (const agent of given.some(({ roles }) => roles?.[name]?.agents) ? (role.agents ?? []) : []) {
      const owner = owners.get(agent);
      if (owner)
        report(["roles", name, "agents"], { message: `agent "${agent}" already has the role ${owner}` });
      owners.set(agent, name);
    }
  }
  return problems;
}

/** Reports names in `generate` that no role has. */
function reportUnknownRoles({ generate, roles = {} }: WrittenPolicy, report: ReportProblem): void {
  if (!Array.isArray(generate)) return;
  for (const [index, name] of generate.entries()) {
    if (Object.hasOwn(roles, name)) continue;
    const suggestion = nearest(name, Object.keys(roles));
    const expected = Object.keys(roles).join(", ");
    report(["generate", `${index}`], {
      message: "unknown role",
      found: name,
      expected,
      ...(suggestion && { suggestion }),
    });
  }
}

function withoutPurpose(name: string): Omit<InputProblem, "key"> {
  const meant = nearest(name, Object.keys(BUILT_IN_ROLES));
  return {
    message: "missing purpose. A role of your own needs one as the description of its agent",
    ...(meant && { suggestion: meant }),
  };
}

type ReportProblem = (key: readonly string[], problem: Omit<InputProblem, "path" | "line" | "key">) => void;

/** Returns a function that adds problems with the file and line of the strongest layer that has the key. */
function reporter(layers: readonly PolicyLayer[], problems: InputProblem[]): ReportProblem {
  return (key, problem) => {
    const layer = layers.find(({ written }) => at(written, key) !== undefined) ?? layers[0];
    const line = layer?.lineOf?.(key);
    problems.push({
      ...(layer && { path: layer.from }),
      ...(line && { line }),
      key: key.join("."),
      ...problem,
    });
  };
}

function at(value: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return value;
  return typeof value === "object" && value !== null
    ? at((value as Record<string, unknown>)[first], rest)
    : undefined;
}

/** Lists the keys that name a model, with the name. */
function modelsNamed(written: WrittenPolicy): [key: string[], name: string][] {
  const { main = {}, tiers = {}, roles = {} } = written;
  const named: [string[], string | undefined][] = [
    [["main", "model"], main.model],
    [["main", "subagentModel"], main.subagentModel],
    ...(main.fallbackModel ?? []).map((name, index): [string[], string] => [
      ["main", "fallbackModel", `${index}`],
      name,
    ]),
    ...Object.keys(main.modelSettings ?? {}).map((id): [string[], string] => [
      ["main", "modelSettings", id],
      id,
    ]),
    ...Object.entries(tiers).map(([tier, id]): [string[], string] => [["tiers", tier], id]),
    ...Object.entries(roles).flatMap(([name, role]): [string[], string | undefined][] => [
      [["roles", name, "model"], role.model],
    ]),
  ];
  return named.filter((entry): entry is [string[], string] => entry[1] !== undefined);
}

/** Checks a model name. Claude Code sends unknown names unchanged, so a wrong one fails at the first request. */
function unknownModel(
  name: string,
  key: readonly string[],
  facts: ModelFacts,
): Omit<InputProblem, "key"> | undefined {
  const allowed = aliasesAt(key);
  if (allowed.includes(name) || (key[0] === "main" && allowed.includes(name.replace(/\[1m\]$/, ""))))
    return undefined;
  const known = facts.find(name);
  if (known ? known.status !== "retired" : newerFamily(name, facts)) return undefined;
  const expected = [...allowed, "an exact id of the catalogue"].join(", ");
  if (known)
    return {
      message: `retired${known.retires ? ` on ${known.retires}` : ""}`,
      found: name,
      expected,
      suggestion: successor(known, facts),
    };
  const suggestion = nearest(name, [...allowed, ...facts.ids]);
  return {
    message: "unknown model",
    found: name,
    expected,
    ...(suggestion && { suggestion }),
  };
}

function aliasesAt([section, key]: readonly string[]): readonly string[] {
  if (section === "tiers" || key === "modelSettings") return [];
  if (section === "roles" || key === "subagentModel") return [...FAMILIES, "inherit"];
  return [...FAMILIES, ...SESSION_ALIASES];
}

function successor(retired: ModelFact, facts: ModelFacts): string {
  return facts.tiers[retired.family];
}

function impossibleEffort(
  { effort, model: named, tier }: WrittenRole,
  tiers: ModelFacts["tiers"],
  facts: ModelFacts,
): Omit<InputProblem, "key"> | undefined {
  const model = named ?? tier;
  if (!effort || !model || model === "inherit") return undefined;
  const known = facts.find(isFamily(model) ? tiers[model] : model);
  if (!known || known.efforts?.includes(effort)) return undefined;
  if (!known.efforts)
    return { message: `${known.id} has no effort levels`, found: effort, expected: "no effort here" };
  const lower = EFFORTS.slice(0, EFFORTS.indexOf(effort)).findLast((one) => known.efforts?.includes(one));
  return {
    message: `not an effort of ${known.id}`,
    found: effort,
    expected: known.efforts.join(", "),
    ...(lower && { suggestion: lower }),
  };
}
