import { isEffort } from "../../domain/model.ts";
import { inEnvironment, type DoctorRule } from "../examined.ts";

const NAME = "CLAUDE_CODE_EFFORT_LEVEL";

/** The variable that overrides every other effort. */
export const lockedEffort: DoctorRule = (examined) => {
  const value = examined.environment(NAME)?.value.toLowerCase();
  if (value === undefined) return [];
  const details = isEffort(value)
    ? { message: `${NAME}=${value} overrides the effort of every role, agent and call.` }
    : value === "auto"
      ? { message: `${NAME}=auto: requests have no effort, and the efforts of roles and agents are ignored.` }
      : undefined;
  if (!details)
    return [
      inEnvironment("settings-value-ignored", "warning", examined, NAME, {
        message: `${NAME}: "${value}" is not an effort; Claude Code ignores it.`,
        fix: `Remove ${NAME}.`,
      }),
    ];
  const fix = `Remove ${NAME}. Set effort on roles, or main.effort in the policy.`;
  return [inEnvironment("effort-locked", "error", examined, NAME, { ...details, fix })];
};
