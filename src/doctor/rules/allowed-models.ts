import { calledName } from "../../agents/discover.ts";
import { effectiveAgent } from "../../client/agent.ts";
import { inAgent, type DoctorRule } from "../examined.ts";

/** Finds agents whose model `availableModels` does not allow: they silently run on another one. */
export const allowedModels: DoctorRule = ({ setup, loaded, around, facts, sessionAgent }) => {
  if (!setup.layers.some(({ settings }) => settings.availableModels)) return [];
  return setup.loading.flatMap((file) => {
    const agent = loaded.get(calledName(file));
    if (!agent || agent.where !== file.path || file.model === undefined) return [];
    const blocked = effectiveAgent(agent, {}, around, facts, sessionAgent).notes.find((note) =>
      note.startsWith("availableModels"),
    );
    if (!blocked) return [];
    return [
      inAgent("model-not-allowed", "warning", file, "model", {
        message: `${file.name}: ${blocked}`,
        fix: "Add the model to availableModels, or choose one that is in it.",
      }),
    ];
  });
};
