import type { Scene } from "./scene.ts";
import type { SettingsLayer } from "./types.ts";
import { isAtLeast, SINCE } from "./version.ts";

/**
 * The id that `modelOverrides` puts on the wire in a model's place; effort and price stay the model's own. Keys are exact
 * ids of the catalogue; another spelling of the same model is not replaced, and older versions replace the models of aliases only.
 */
export function overridden(model: string, { around, facts }: Scene, notes: string[]): string {
  const found = overrideOf(model, around.layers);
  const isReplaced = isAtLeast(around.version, SINCE.overridesOfIds) && facts.find(model)?.id === model;
  if (!found || !isReplaced) return model;
  notes.push(noteOf(found, model));
  return found.id;
}

interface Override {
  id: string;
  path: string;
}

/** Returns what the strongest file with an entry for a model puts in its place. */
export function overrideOf(model: string, layers: readonly SettingsLayer[]): Override | undefined {
  const { path = "", settings } = layers.find((layer) => layer.settings.modelOverrides?.[model]) ?? {};
  const id = settings?.modelOverrides?.[model];
  return id === undefined ? undefined : { id, path };
}

export function noteOf({ id, path }: Override, model: string): string {
  return `modelOverrides of ${path} sends ${id} for ${model}.`;
}

/** The model whose override an id is: Claude Code takes it for that one, wherever it is written. */
export function originalOf(id: string, layers: readonly SettingsLayer[]): string | undefined {
  const all = layers.flatMap(({ settings }) => Object.entries(settings.modelOverrides ?? {}));
  return all.find((entry) => entry[1] === id)?.[0];
}
