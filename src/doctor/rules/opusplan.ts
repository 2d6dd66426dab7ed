import type { Symptom } from "../../domain/symptom.ts";
import { withoutWindow } from "../../client/names.ts";
import { effectiveMain } from "../../client/main.ts";
import { type Examined, type DoctorRule } from "../examined.ts";

/** Finds opusplan that something overrides, or that does not plan on Opus. */
export const opusplan: DoctorRule = (examined) => {
  const { sources, model } = effectivePlan(examined);
  const deciding = sources.find(({ of, decides }) => of === "model" && decides);
  const asked = sources.filter(({ source, value }) => source === "settings" && isOpusplan(value));
  const wanted =
    asked[0]?.where ??
    (examined.policy && isOpusplan(examined.policy.main.model) ? policyPath(examined) : undefined);
  if (wanted === undefined) return [];
  if (deciding && !isOpusplan(deciding.value)) {
    // A policy that was never applied is reported as out of sync.
    if (asked.length === 0 && deciding.source === "model-default") return [];
    return [
      finding(
        examined,
        deciding.where ?? "",
        `${deciding.where} is ${deciding.value}, so opusplan (${wanted}) does not run.`,
      ),
    ];
  }
  if (examined.facts.find(model)?.family === "opus") return [];
  return [
    finding(
      examined,
      "ANTHROPIC_DEFAULT_OPUS_MODEL",
      `opusplan plans on ${model}, not on Opus, because of ANTHROPIC_DEFAULT_OPUS_MODEL or availableModels.`,
    ),
  ];
};

function effectivePlan({ around, facts, sessionAgent }: Examined) {
  const planning = { ...around, session: { ...around.session, mode: "plan" as const } };
  return effectiveMain(planning, facts, sessionAgent);
}

function isOpusplan(name: string | null): boolean {
  return name !== null && withoutWindow(name) === "opusplan";
}

/** Returns whether a policy file, not only the defaults, asks for opusplan. */
function policyPath({ policy }: Examined): string | undefined {
  return policy?.sources[0];
}

function finding({ setup }: Examined, where: string, message: string): Symptom {
  const file = setup.settings.find(({ path }) => where.startsWith(path));
  return {
    code: "opusplan-overridden",
    severity: "warning",
    path: file?.path ?? null,
    line: null,
    message,
    fix: "Remove it there, or set the model that runs. rolecall explain main --mode plan shows the order.",
  };
}
