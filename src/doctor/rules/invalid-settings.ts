import type { Symptom } from "../../domain/symptom.ts";
import type { SettingsFault } from "../../client/client-settings.ts";
import { inSettings, type DoctorRule } from "../examined.ts";
import { findJsonFault } from "../json-fault.ts";
import { typoOf } from "../../domain/nearest.ts";
import { fileThatStopsClient, type SettingsFile } from "../../client/settings-files.ts";

/** Finds settings files and values that Claude Code does not accept. */
export const invalidSettings: DoctorRule = ({ setup, around }) => {
  const stopping = fileThatStopsClient(setup.settings, around.version);
  return setup.settings.flatMap((file) =>
    file.faults.map((fault) =>
      describe(
        file,
        fault,
        file.level === "managed" && stopping
          ? "Claude Code does not start with it."
          : "Claude Code ignores the whole file, including its valid keys.",
      ),
    ),
  );
};

/** `effect` is what Claude Code does about a file that it cannot read. */
function describe(
  file: SettingsFile,
  { at, message, found, expected, suggestion, voids }: SettingsFault,
  effect: string,
): Symptom {
  const key = at.join(".");
  const wrong = [
    key ? `${key}: ${message}` : message,
    found && `found ${found}`,
    expected && `expected ${expected}`,
  ];
  const what = wrong.filter(Boolean).join(", ");
  const syntax = at.length === 0 && file.text !== "" ? findJsonFault(file.text) : undefined;
  if (voids && syntax)
    return inSettings("settings-void", "error", file, at, {
      line: syntax.line,
      message: `Not valid JSON: ${syntax.what}. ${effect}`,
      fix: "Correct it at this line.",
    });
  if (voids && key === "fallbackModel" && typeof file.json?.["fallbackModel"] === "string") {
    const value = file.json["fallbackModel"].split(",").map((model) => model.trim());
    return inSettings("fallback-model-string", "error", file, at, {
      message: `fallbackModel is text and must be a list. ${effect}`,
      fix: `Write "fallbackModel": ${JSON.stringify(value)}.`,
      repair: { kind: "json", at, value },
    });
  }
  if (voids)
    return inSettings("settings-void", "error", file, at, {
      message: `${what}. ${effect}`,
      fix: key ? `Correct or remove ${key}.` : "Make it one JSON object.",
    });
  return inSettings("settings-value-ignored", "warning", file, at, {
    message: `${what}. ${key.startsWith("availableModels") ? "Claude Code counts only the names in it" : "Claude Code ignores this key"}.`,
    fix: suggestion ? `Write ${suggestion}.` : `Correct or remove ${key}.`,
    ...(suggestion &&
      typoOf(writtenAt(file, at), [suggestion]) && { repair: { kind: "json", at, value: suggestion } }),
  });
}

/** Returns the text at a path of a settings file; empty if it is not text. */
function writtenAt({ json }: SettingsFile, at: readonly string[]): string {
  const value = at.reduce<unknown>(
    (inner, key) => (inner as Record<string, unknown> | undefined)?.[key],
    json,
  );
  return typeof value === "string" ? value : "";
}
