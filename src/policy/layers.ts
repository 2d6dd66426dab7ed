import { isObject } from "../domain/objects.ts";
import type { PolicyLayer, WrittenPolicy } from "./written.ts";

type Plain = Record<string, unknown>;

/**
 * Merges policies, the strongest first. Objects are merged key by key; lists and values are replaced. A pin of a stronger layer (`tier`
 * or `model`) replaces either pin of a weaker one.
 */
export function mergeLayers(layers: readonly PolicyLayer[]): WrittenPolicy {
  return layers.toReversed().reduce<Plain>((merged, { written }) => mergeInto(merged, written as Plain), {});
}

function mergeInto(under: Plain, over: Plain): Plain {
  const merged = { ...under };
  if ("tier" in over || "model" in over) {
    delete merged["tier"];
    delete merged["model"];
  }
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    merged[key] = isObject(value) ? mergeInto(isObject(under[key]) ? under[key] : {}, value) : value;
  }
  return merged;
}
