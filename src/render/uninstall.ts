import type { UninstallPlan } from "../operations/uninstall.ts";
import { changesJson, renderChanges } from "./changes.ts";
import type { Surface } from "./style.ts";
import { plainLine } from "./text.ts";

/** Renders what an uninstall changes and deletes, before it asks. */
export function renderUninstall(
  { places, data }: UninstallPlan,
  surface: Surface,
  fullDiff: boolean,
): string {
  const parts = places
    .filter(({ changes }) => changes.length > 0)
    .map(
      ({ target, changes }) => `In ${plainLine(target.root)}:\n${renderChanges(changes, surface, fullDiff)}`,
    );
  if (data.length > 0) {
    const lost = "The store holds history that Claude Code has deleted: it is lost.";
    parts.push(
      `Deleted for good:\n${data.map((path) => `          ${plainLine(path)}\n`).join("")}${lost}\n`,
    );
  }
  return parts.length > 0 ? parts.join("\n") : "Nothing of rolecall is here.\n";
}

/** Returns an uninstall for programs. */
export function uninstallJson({ places, data }: UninstallPlan): object {
  return {
    places: places.map(({ target, changes }) => ({
      root: target.root,
      level: target.level,
      changes: changesJson(changes),
    })),
    data,
  };
}
