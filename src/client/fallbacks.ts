import type { Scene } from "./scene.ts";

/** Claude Code tries no more than this many. */
const MOST = 3;

/** The models that take over, in order, when `model` is not available: the whole list of the strongest file that has one. */
export function fallbackChain(model: string, { around, names }: Scene): string[] {
  const list = around.layers.find(({ settings }) => settings.fallbackModel)?.settings.fallbackModel ?? [];
  const ids = list.map((name) => (name === "default" ? names.alias("opus") : names.resolve(name)));
  return [...new Set(ids)].slice(0, MOST).filter((id) => id !== model);
}
