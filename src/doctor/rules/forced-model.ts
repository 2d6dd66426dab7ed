import { isOn } from "../../client/environment.ts";
import { isAtLeast, SINCE } from "../../client/version.ts";
import { type Examined, inEnvironment, type Rule } from "../examined.ts";

const DEFAULT = "CLAUDE_CODE_SUBAGENT_MODEL";
const NAME = `${DEFAULT}_FORCE`;

/** Variables that put every agent on one model. */
export const forcedModel: Rule = (examined) => {
  const { version } = examined.around;
  if (!isAtLeast(version, SINCE.variableIsDefault)) return overruled(examined, version);
  if (!isOn(examined.environment(NAME))) return [];
  const model = examined.environment(DEFAULT)?.value ?? "the session's model";
  return [
    inEnvironment("forced-subagent-model", "error", examined, NAME, {
      message: `${NAME} puts every agent on ${model}, whatever its front matter and its caller say.`,
      fix: `Remove ${NAME}; CLAUDE_CODE_SUBAGENT_MODEL alone is the default of agents without a model.`,
    }),
  ];
};

/** Before it became a default, the variable beat every agent's own model. */
function overruled(examined: Examined, version: string): ReturnType<Rule> {
  const model = examined.environment(DEFAULT)?.value;
  if (model === undefined || model === "inherit") return [];
  return [
    inEnvironment("default-beats-agents", "error", examined, DEFAULT, {
      message: `Claude Code ${version} puts every agent on ${model}: before ${SINCE.variableIsDefault} ${DEFAULT} beats front matter and calls.`,
      fix: `Update Claude Code, or remove ${DEFAULT}.`,
    }),
  ];
}
