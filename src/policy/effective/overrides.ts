import type { SettingsLayer } from "./types.ts";

/** The id that `modelOverrides` puts on the wire in a model's place; effort and price stay the model's own. */
export function overridden(model: string, layers: readonly SettingsLayer[], notes: string[]): string {
  for (const { path, settings } of layers) {
    const override = settings.modelOverrides?.[model];
    if (override === undefined) continue;
    notes.push(`modelOverrides of ${path} sends ${override} for ${model}.`);
    return override;
  }
  return model;
}
