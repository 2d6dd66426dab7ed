import { isEffort } from "../../domain/model.ts";
import { nearest } from "../../domain/nearest.ts";
import type { Symptom } from "../../domain/symptom.ts";
import { effectiveMain } from "../../client/main.ts";
import type { Effective } from "../../client/types.ts";
import { agentNamed } from "../../client/setup.ts";
import { type Examined, inSettings, type DoctorRule } from "../examined.ts";

/** Finds settings of the main thread that silently have no effect. */
export const ignoredSettings: DoctorRule = (examined) => {
  const { around, facts, sessionAgent } = examined;
  const main = effectiveMain(around, facts, sessionAgent);
  return [...unknownAgent(examined), ...blockedModel(examined, main), ...ignoredEffort(examined, main)];
};

/** Finds an `agent` setting that names no agent: Claude Code ignores it. */
function unknownAgent({ setup, loaded }: Examined): Symptom[] {
  return setup.settings.flatMap((file) => {
    const { agent } = file.settings;
    if (agent === undefined || agentNamed(agent, loaded)) return [];
    const meant = nearest(agent, [...loaded.keys()]);
    return [
      inSettings("settings-value-ignored", "warning", file, ["agent"], {
        message: `agent: no agent is called "${agent}", so Claude Code ignores the setting.`,
        fix: meant ? `Write ${meant}, or remove it.` : "Name an agent that exists, or remove it.",
      }),
    ];
  });
}

function blockedModel({ setup }: Examined, { sources, notes }: Effective): Symptom[] {
  const deciding = sources.find(({ of, decides }) => of === "model" && decides);
  const file = setup.settings.find(({ path }) => deciding?.where === `${path} model`);
  const blocked = notes.find((note) => note.startsWith("availableModels"));
  if (!file || !blocked) return [];
  return [
    inSettings("model-not-allowed", "warning", file, ["model"], {
      message: `model: ${blocked}`,
      fix: "Add the model to availableModels, or choose one that is in it.",
    }),
  ];
}

/** The user's own `effortLevel` does not apply to the models that came with `medium` as their default. */
function ignoredEffort({ setup }: Examined, { model, sources }: Effective): Symptom[] {
  return setup.settings.flatMap((file) => {
    const { effortLevel } = file.settings;
    const source = sources.find(({ of, where }) => of === "effort" && where === `${file.path} effortLevel`);
    if (source?.value !== null || !isEffort(effortLevel) || effortLevel === "max") return [];
    return [
      inSettings("settings-value-ignored", "warning", file, ["effortLevel"], {
        message: `effortLevel of the user's settings does not reach ${model}, which keeps its own default.`,
        fix: `Write it as modelSettings.${model}.effortLevel.`,
      }),
    ];
  });
}
