import { EFFORTS, FAMILIES, isFamily, type Effort } from "../domain/model.ts";
import type { InputProblem } from "../errors.ts";
import { mergeLayers } from "./layers.ts";
import type { ModelFact, ModelFacts } from "./model-facts.ts";
import { nearest } from "../domain/nearest.ts";
import { newerFamily } from "./newer-model.ts";
import { BUILT_IN_ROLES } from "./roles.ts";
import type { PolicyLayer, WrittenPolicy, WrittenRole } from "./written.ts";

/** Names that a main session may have besides the tiers' aliases. */
const SESSION_ALIASES = ["opusplan", "best", "default"] as const;

/** Variables that would undo the policy, or that have a key of their own. */
const REFUSED_ENV: Readonly<Record<string, string>> = {
  CLAUDE_CODE_SUBAGENT_MODEL: "write main.subagentModel instead",
  CLAUDE_CODE_SUBAGENT_MODEL_FORCE: "it would put every agent on one model, whatever its role says",
  CLAUDE_CODE_EFFORT_LEVEL:
    "it would lock the effort of every agent; write main.effort, or effort on the roles",
  CLAUDE_CODE_SUBAGENT_EFFORT: "write effort on the roles instead",
};

/** Everything in the layers that has the right shape but cannot be meant: unknown models, impossible efforts, agents with two roles. */
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
      report(["roles", name, "model"], { message: "a role is pinned by tier or by model, not by both" });
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
    for (const [key, pin] of [
      ["effort", role],
      ["trial", role.trial],
    ] as const) {
      const wrong = impossibleEffort(pin ?? {}, role, tiers, facts);
      if (wrong) report(["roles", name, key, ...(key === "trial" ? ["effort"] : [])], wrong);
    }
    for (const agent of given.some(({ roles }) => roles?.[name]?.agents) ? (role.agents ?? []) : []) {
      const owner = owners.get(agent);
      if (owner) report(["roles", name, "agents"], { message: `the agent ${agent} already serves ${owner}` });
      owners.set(agent, name);
    }
  }
  return problems;
}

/** Names in `generate` that no role has. */
function reportUnknownRoles({ generate, roles = {} }: WrittenPolicy, report: Report): void {
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
    message: "a role of your own needs a purpose: it becomes the description of its agent",
    ...(meant && { suggestion: meant }),
  };
}

type Report = (key: readonly string[], problem: Omit<InputProblem, "path" | "line" | "key">) => void;

/** Adds problems with the file and line of the strongest layer that has the key. */
function reporter(layers: readonly PolicyLayer[], problems: InputProblem[]): Report {
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

/** Every place that names a model, with the name. */
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
      [["roles", name, "trial", "model"], role.trial?.model],
    ]),
  ];
  return named.filter((entry): entry is [string[], string] => entry[1] !== undefined);
}

/** Claude Code sends a name that it does not know to the API as it is: wrong names fail at the first request. */
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
  pin: { effort?: Effort; model?: string; tier?: WrittenRole["tier"] },
  role: WrittenRole,
  tiers: ModelFacts["tiers"],
  facts: ModelFacts,
): Omit<InputProblem, "key"> | undefined {
  const model = pin.model ?? pin.tier ?? role.model ?? role.tier;
  if (!pin.effort || !model || model === "inherit") return undefined;
  const known = facts.find(isFamily(model) ? tiers[model] : model);
  if (!known || known.efforts?.includes(pin.effort)) return undefined;
  if (!known.efforts)
    return { message: `${known.id} has no effort levels`, found: pin.effort, expected: "no effort here" };
  const lower = EFFORTS.slice(0, EFFORTS.indexOf(pin.effort)).findLast((effort) =>
    known.efforts?.includes(effort),
  );
  return {
    message: `not an effort of ${known.id}`,
    found: pin.effort,
    expected: known.efforts.join(", "),
    ...(lower && { suggestion: lower }),
  };
}
