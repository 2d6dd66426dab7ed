import { isFamily, type Family } from "../../domain/model.ts";
import type { ModelFacts } from "../model-facts.ts";
import type { SettingsLayer } from "./types.ts";

/** The models that `availableModels` leaves: the lists of all levels together, or the managed one alone. */
export function allowedModels(layers: readonly SettingsLayer[]): readonly string[] | undefined {
  const lists = layers.filter(({ settings }) => settings.availableModels);
  const counting = lists.some(({ level }) => level === "managed")
    ? lists.filter(({ level }) => level === "managed")
    : lists;
  return counting.length === 0
    ? undefined
    : counting.flatMap(({ settings }) => settings.availableModels ?? []);
}

/** An entry allows its family, or every id that begins with it: `claude-opus-5` lets `claude-opus-5-5` through. */
export function isAllowed(id: string, allowed: readonly string[]): boolean {
  return allowed.some((entry) => {
    const lower = entry.toLowerCase();
    return isFamily(lower) ? familyIn(id) === lower : id === lower || id.startsWith(`${lower}-`);
  });
}

/** The newest model of a family that is allowed, where its alias is not. */
export function newestAllowed(
  family: Family,
  allowed: readonly string[],
  facts: ModelFacts,
): string | undefined {
  return facts.ids.find((id) => facts.find(id)?.family === family && isAllowed(id, allowed));
}

/** The family that an id's words name, whatever else it is: `my-opus-proxy` is Opus to Claude Code. */
export function familyIn(id: string): Family | undefined {
  const lower = id.toLowerCase();
  return (["opus", "sonnet", "haiku", "fable"] as const).find((family) => lower.includes(family));
}
