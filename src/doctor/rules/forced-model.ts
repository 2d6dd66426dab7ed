import { isOn } from "../../client/environment.ts";
import { isAtLeast, SINCE } from "../../client/version.ts";
import { type Examined, inEnvironment, type DoctorRule } from "../examined.ts";

const DEFAULT = "CLAUDE_CODE_SUBAGENT_MODEL";
const NAME = `${DEFAULT}_FORCE`;

/** Variables that put every agent on one model. */
export const forcedModel: DoctorRule = (examined) => {
  const { version } = examined.around;
  if (!isAtLeast(version, SINCE.variableIsDefault)) return overruled(examined, version);
  if (!isOn(examined.environment(NAME))) return [];
  const model = examined.environment(DEFAULT)?.value ?? "the session's model";
  return [
    inEnvironment("forced-subagent-model", "error", examined, NAME, {
      message: `${NAME} runs every agent on ${model} and overrides front matter and calls.`,
      fix: `Remove ${NAME}. CLAUDE_CODE_SUBAGENT_MODEL alone sets the default of agents without a model.`,
    }),
  ];
};

/** In older versions the variable overrides every agent's own model. */
function overruled(examined: Examined, version: string): ReturnType<DoctorRule> {
  const model = examined.environment(DEFAULT)?.value;
  if (model === undefined || model === "inherit") return [];
  return [
    inEnvironment("default-beats-agents", "error", examined, DEFAULT, {
      message: `Claude Code ${version} runs every agent on ${model}: before ${SINCE.variableIsDefault}, ${DEFAULT} overrides front matter and calls.`,
      fix: `Update Claude Code, or remove ${DEFAULT}.`,
    }),
  ];
}
