import type { Symptom } from "../../domain/symptom.ts";
import type { SettingsFault } from "../../client/client-settings.ts";
import { inSettings, type Rule } from "../examined.ts";
import type { SettingsFile } from "../../client/setup.ts";

export const voidSettings: Rule = ({ setup }) =>
  setup.settings.flatMap((file) => file.faults.map((fault) => describe(file, fault)));

function describe(
  file: SettingsFile,
  { at, message, found, expected, suggestion, voids }: SettingsFault,
): Symptom {
  const key = at.join(".");
  const wrong = [
    key ? `${key} is ${message}` : message,
    found && `found ${found}`,
    expected && `expected ${expected}`,
  ];
  const what = wrong.filter(Boolean).join(", ");
  if (key === "fallbackModel" && typeof file.json?.["fallbackModel"] === "string") {
    const value = file.json["fallbackModel"].split(",").map((model) => model.trim());
    return inSettings("fallback-model-string", "error", file, at, {
      message:
        "fallbackModel is a text and has to be a list; Claude Code drops the whole file, its valid keys too.",
      fix: `Write "fallbackModel": ${JSON.stringify(value)}.`,
      repair: { kind: "json", at, value },
    });
  }
  if (voids)
    return inSettings("settings-void", "error", file, at, {
      message: `${what}; Claude Code drops the whole file, its valid keys too.`,
      fix: key ? `Correct or remove ${key}.` : "Make it one JSON object.",
    });
  return inSettings("settings-value-ignored", "warning", file, at, {
    message: `${what}; Claude Code ignores this key.`,
    fix: suggestion ? `Write ${suggestion}.` : `Correct or remove ${key}.`,
    ...(suggestion && { repair: { kind: "json", at, value: suggestion } }),
  });
}
