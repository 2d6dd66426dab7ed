import { typoOf } from "../../domain/nearest.ts";
import { inSettings, type DoctorRule } from "../examined.ts";

/** Settings of Claude Code about models, effort, cost and permissions of agents. */
const KNOWN = [
  "model",
  "fallbackModel",
  "switchModelsOnFlag",
  "effortLevel",
  "modelSettings",
  "maxEffortLevel",
  "alwaysThinkingEnabled",
  "availableModels",
  "enforceAvailableModels",
  "availableModelsMatch",
  "deniedModels",
  "modelOverrides",
  "modelPicker",
  "modelPricing",
  "advisorModel",
  "fastMode",
  "promptCacheTtl",
  "subagentPromptCacheTtl",
  "autoCompactWindow",
  "agent",
  "env",
  "permissions",
  "hooks",
  "statusLine",
  "subagentStatusLine",
  "outputStyle",
  "cleanupPeriodDays",
] as const;

/** Known keys that are one or two letters from another known one, or that other tools write. */
const FINE: ReadonlySet<string> = new Set([...KNOWN, "$schema", "agents", "models", "theme"]);

/** Finds keys that Claude Code ignores and that resemble a setting about models, effort or cost. */
export const misspeltSettings: DoctorRule = ({ setup }) =>
  setup.settings.flatMap((file) =>
    Object.keys(file.json ?? {}).flatMap((key) => {
      const meant = FINE.has(key) ? undefined : (sameWords(key) ?? typoOf(key, KNOWN));
      if (!meant) return [];
      return [
        inSettings("settings-key-misspelt", "warning", file, [key], {
          message: `${key} is not a setting of Claude Code, which ignores it.`,
          fix: `Write ${meant}.`,
        }),
      ];
    }),
  );

/** Returns the setting with the same letters: `fallback_model` is fallbackModel. */
function sameWords(key: string): string | undefined {
  return KNOWN.find((known) => lettersOf(known) === lettersOf(key));
}

function lettersOf(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z]/g, "");
}
