import { isOn } from "../../../policy/effective/environment.ts";
import { inEnvironment, type Rule } from "../examined.ts";

const NAME = "CLAUDE_CODE_SUBAGENT_MODEL_FORCE";

export const forcedModel: Rule = (examined) => {
  if (!isOn(examined.environment(NAME))) return [];
  const model = examined.environment("CLAUDE_CODE_SUBAGENT_MODEL")?.value ?? "the session's model";
  return [
    inEnvironment("forced-subagent-model", "error", examined, NAME, {
      message: `${NAME} puts every agent on ${model}, whatever its front matter and its caller say.`,
      fix: `Remove ${NAME}; CLAUDE_CODE_SUBAGENT_MODEL alone is the default of agents without a model.`,
    }),
  ];
};
