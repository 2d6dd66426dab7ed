import type { Scene } from "./scene.ts";
import type { SettingsLayer } from "./types.ts";

/**
 * The id that `modelOverrides` puts on the wire in a model's place; effort and price stay the model's own. Keys are exact
 * ids of the catalogue; another spelling of the same model is not replaced.
 */
export function overridden(model: string, { around, facts }: Scene, notes: string[]): string {
  const { path, settings } = around.layers.find((layer) => layer.settings.modelOverrides?.[model]) ?? {};
  const override = settings?.modelOverrides?.[model];
  if (override === undefined || facts.find(model)?.id !== model) return model;
  notes.push(`modelOverrides of ${path} sends ${override} for ${model}.`);
  return override;
}

/** The model whose override an id is: Claude Code takes it for that one, wherever it is written. */
export function originalOf(id: string, layers: readonly SettingsLayer[]): string | undefined {
  const all = layers.flatMap(({ settings }) => Object.entries(settings.modelOverrides ?? {}));
  return all.find((entry) => entry[1] === id)?.[0];
}
