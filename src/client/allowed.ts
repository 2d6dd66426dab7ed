import { familyIn, isFamily, type Family } from "../domain/model.ts";
import { withoutWindow } from "./names.ts";
import { originalOf } from "./overrides.ts";
import type { Scene } from "./scene.ts";
import type { SettingsLayer } from "./types.ts";
import { isAtLeast, SINCE } from "./version.ts";

/** The models that `availableModels` leaves: the lists of all levels together, or the managed one alone. */
export function allowedModels(layers: readonly SettingsLayer[]): readonly string[] | undefined {
  const lists = layers.filter(({ settings }) => settings.availableModels);
  const counting = lists.some(({ level }) => level === "managed")
    ? lists.filter(({ level }) => level === "managed")
    : lists;
  if (counting.length === 0) return undefined;
  return counting
    .flatMap(({ settings }) => settings.availableModels ?? [])
    .map((entry) => entry.toLowerCase());
}

/**
 * An entry allows every id that begins with it (`claude-opus-5` lets `claude-opus-5-5` through), or its family where no
 * other entry is about single models of that family.
 */
export function isAllowed(written: string, { allowed, around }: Scene): boolean {
  if (!allowed) return true;
  const id = originalOf(written, around.layers) ?? written;
  const family = familyIn(id);
  if (allowed.some((entry) => !isFamily(entry) && (id === entry || id.startsWith(`${entry}-`)))) return true;
  const narrowed = allowed.some((entry) => !isFamily(entry) && familyIn(entry) === family);
  return family !== undefined && allowed.includes(family) && !narrowed;
}

/** Returns what runs in the place of a model that is not allowed: for an alias the newest allowed model of its family, else `otherwise`. */
export function substitute(
  model: string,
  written: string,
  otherwise: string,
  scene: Scene,
  notes: string[],
): string {
  const knows = isAtLeast(scene.around.version, SINCE.newestAllowed);
  const instead = (knows ? newestOf(written, scene) : undefined) ?? otherwise;
  notes.push(`availableModels does not allow ${model}; ${instead} runs instead.`);
  return instead;
}

/** The newest allowed model of the family that an alias names, `opus[1m]` as well. */
export function newestOf(alias: string, scene: Scene): string | undefined {
  const family = withoutWindow(alias.trim().toLowerCase());
  return isFamily(family) ? newestAllowed(family, scene) : undefined;
}

function newestAllowed(family: Family, scene: Scene): string | undefined {
  const { facts } = scene;
  const offered = (id: string) => familyIn(id) === family && facts.find(id)?.status !== "retired";
  return facts.ids.find((id) => offered(id) && isAllowed(id, scene));
}
