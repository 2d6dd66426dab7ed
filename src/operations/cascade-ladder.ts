import { allowedModels, isAllowed } from "../client/allowed.ts";
import { effectiveMain } from "../client/main.ts";
import { setScene } from "../client/scene.ts";
import { readSetup } from "../client/setup.ts";
import type { SettingsLayer, Surroundings } from "../client/types.ts";
import { KNOWN_VERSION } from "../client/version.ts";
import type { CascadeStep } from "../cascade/cascade.ts";
import { settingsFor } from "../cascade/claude-code.ts";
import { FAMILIES, familyIn, isEffort, type Tier, tierRank } from "../domain/model.ts";
import type { Policy } from "../domain/policy.ts";
import { InvalidInputError, type InputProblem, UsageError } from "../errors.ts";
import type { Catalogue } from "../executor/catalogue.ts";
import { modelFacts } from "../policy/catalogue-facts.ts";

/** Returns the tiers from `lowest` to the highest that the policy lets work move up to. */
export function defaultLadder({ escalation }: Policy, lowest: Tier): CascadeStep[] {
  const highest = Math.max(tierRank(escalation.upTo), tierRank(lowest));
  return FAMILIES.slice(tierRank(lowest), highest + 1).map((model) => ({ model }));
}

/**
 * Reads a ladder, such as `haiku,sonnet:high,opus`. Throws InvalidInputError with every step that is not a known model,
 * not a known effort, or a step down.
 */
export function parseLadder(text: string, catalogue: Catalogue, key = "--ladder"): CascadeStep[] {
  const problems: InputProblem[] = [];
  let highest = 0;
  const steps = text.split(",").map((word): CascadeStep => {
    const [model = "", effort] = word.trim().split(":");
    const facts = catalogue.find(model);
    const problem = problemOf(key, word.trim(), model, effort, facts?.efforts);
    if (problem) problems.push(problem);
    const rank = facts?.tier ? tierRank(facts.tier) : highest;
    if (rank < highest)
      problems.push({
        key,
        message: "a cascade never goes down",
        found: text,
        expected: `rising tiers: ${FAMILIES.join(", ")}`,
      });
    highest = Math.max(highest, rank);
    return { model, ...(effort !== undefined && { effort }) };
  });
  if (problems.length > 0) throw new InvalidInputError("the ladder", problems);
  return steps;
}

function problemOf(
  key: string,
  word: string,
  model: string,
  effort: string | undefined,
  efforts: readonly string[] | undefined,
): InputProblem | undefined {
  if (!efforts)
    return {
      key,
      message: "not a known model",
      found: word,
      expected: `${FAMILIES.join(", ")}, or an exact id`,
    };
  if (effort === undefined || (isEffort(effort) && efforts.includes(effort))) return undefined;
  return {
    key,
    message: `not an effort of ${model}`,
    found: effort,
    expected: efforts.join(", ") || "none: the model has no such setting",
  };
}

/** A ladder as Claude Code will run it, and what its settings changed about it. */
export interface FittedLadder {
  steps: CascadeStep[];
  notes: string[];
}

/**
 * Leaves out steps whose models `availableModels` does not allow: the client would run another model in their place. An
 * effort that managed settings fix, or that `maxEffortLevel` limits, is the step's effort. Throws UsageError if no step
 * is left.
 */
export async function fitLadder(
  ladder: readonly CascadeStep[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<FittedLadder> {
  const { layers } = await readSetup({ cwd, env });
  const fitted = ladder.map((step) => fitStep(step, layers, env));
  const steps = fitted.flatMap(({ step }) => step ?? []);
  const notes = fitted.flatMap(({ note }) => note ?? []);
  if (steps.length === 0)
    throw new UsageError(`the ladder: no step can run: ${notes.join("; ")}`, {
      hint: "Try --ladder with models that your settings allow.",
    });
  return { steps, notes };
}

function fitStep(
  step: CascadeStep,
  layers: readonly SettingsLayer[],
  env: NodeJS.ProcessEnv,
): { step?: CascadeStep; note?: string } {
  const own: SettingsLayer = { level: "local", path: "--settings", settings: settingsFor(step.effort) };
  const managed = layers.filter(({ level }) => level === "managed");
  const around: Surroundings = {
    version: KNOWN_VERSION,
    env,
    layers: [...managed, own, ...layers.filter(({ level }) => level !== "managed")],
    session: { model: step.model, effort: step.effort, mode: "default", contextTokens: 0 },
  };
  const facts = modelFacts();
  const runs = effectiveMain(around, facts);
  const wanted = effectiveMain({ ...around, layers: around.layers.map(withoutAllowed) }, facts);
  const replaced = runs.model !== wanted.model && familyIn(runs.model) !== familyIn(wanted.model);
  if (replaced || (allowedModels(layers) && !isAllowed(runs.model, setScene(around, facts)))) {
    const paths = layers.filter(({ settings }) => settings.availableModels).map(({ path }) => path);
    return { note: `${step.model} is skipped: availableModels does not allow it (${paths.join(", ")})` };
  }
  if (step.effort === undefined || runs.effort === null || runs.effort === step.effort) return { step };
  const note = `${step.model} runs at effort ${runs.effort}, not ${step.effort}: your settings fix or limit it`;
  return { step: { model: step.model, effort: runs.effort }, note };
}

function withoutAllowed(layer: SettingsLayer): SettingsLayer {
  const { availableModels: _, ...settings } = layer.settings;
  return { ...layer, settings };
}
