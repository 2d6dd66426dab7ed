import { realpathSync } from "node:fs";
import { join } from "node:path";
import { readTarget } from "./target-files.ts";
import type { PlanInput, Target } from "./change.ts";
import { type AgentSource, readAgents } from "./discover.ts";
import { type AgentPlace, locateTarget } from "./locate.ts";
import { LOCK_NAME, NO_LOCK, parseLock } from "./lock.ts";
import { loadTemplates, WORKFLOW } from "./template.ts";
import type { Policy } from "../domain/policy.ts";
import { loadPolicies } from "../policy/load.ts";
import type { PolicyPlaces } from "../policy/places.ts";
import { parsePolicy } from "../policy/parse.ts";
import { resolvePolicy } from "../policy/resolve.ts";
import { modelFacts } from "../policy/catalogue-facts.ts";

/** Reads the policy of a place; `texts` replaces the contents of policy files that are not written yet. */
export function resolveAt(places: PolicyPlaces, texts: Readonly<Record<string, string>> = {}): Policy {
  const layers = [...new Set([places.project, places.user])].flatMap((path) => {
    const text = texts[path];
    return text === undefined ? loadPolicies({ project: path, user: path }) : [parsePolicy(text, path)];
  });
  return resolvePolicy(layers, modelFacts());
}

/** A place with everything on disk that a plan depends on, except the policy. */
export interface PlaceState {
  target: Target;
  places: PolicyPlaces;
  state: Omit<PlanInput, "policy">;
}

/** Reads a place from disk. By default settings stay in the file that the last apply wrote. */
export async function readPlace(place: AgentPlace): Promise<PlaceState> {
  const { target: located, places } = locateTarget(place);
  const lockPath = `${located.prefix}${LOCK_NAME}`;
  const lockText = readTarget(located, lockPath)?.toString("utf8");
  const lock = lockText === undefined ? NO_LOCK : parseLock(lockText, join(located.root, lockPath));
  const wasLocal = `${located.prefix}settings.local.json` in lock.files;
  const target =
    place.local === undefined && wasLocal
      ? { ...located, settings: "settings.local.json" as const }
      : located;
  const found = readAgents([{ ...sourceOf(target), followLinks: true }]);
  const [agents, linked] = partition(found.agents, ({ path }) => realpathSync(path) === path);
  const skipped = [...found.skipped, ...linked.map(({ path }) => ({ path, why: "it is a symbolic link" }))];
  const paths = [
    lockPath,
    `${target.prefix}${target.settings}`,
    `${target.prefix}skills/${WORKFLOW}/SKILL.md`,
    ...Object.keys(lock.files),
  ];
  const files = new Map<string, Buffer>();
  for (const path of new Set(paths)) {
    const bytes = readTarget(target, path);
    if (bytes) files.set(path, bytes);
  }
  return {
    target,
    places,
    state: { target, agents, skipped, linked, lock, files, templates: loadTemplates() },
  };
}

function partition<T>(all: readonly T[], test: (one: T) => boolean): [T[], T[]] {
  return [all.filter(test), all.filter((one) => !test(one))];
}

export function sourceOf({ level, root }: Target): AgentSource {
  return { level, root };
}
