import { existsSync, mkdirSync } from "node:fs";
import { type AgentPlace, locateTarget } from "../agents/locate.ts";
import type { LearnedState } from "./hook-state.ts";
import { locateHooks, stateFile } from "../hooks/places.ts";

/** Makes the folder in which states are kept: a machine that has it has hooks. */
export function makeHooksFolder(env: NodeJS.ProcessEnv): void {
  mkdirSync(locateHooks(env).states, { recursive: true, mode: 0o700 });
}

/**
 * Brings the state of the hooks at a place in line with its files: computes it again where hooks run, and removes it where they do not any
 * more. Does nothing on a machine without hooks.
 */
export async function syncHookState(place: AgentPlace, now: number, learned?: LearnedState): Promise<void> {
  const { target, places } = locateTarget(place);
  const hooks = locateHooks(place.env);
  if (!existsSync(hooks.states)) return;
  const { hasPartsIn, removeHookState, writeHookState } = await import("./hook-state.ts");
  const user = locateTarget({ ...place, user: true }).target;
  const isUsers = existsSync(stateFile(hooks, user.root)) && hasPartsIn(user);
  const reaches = isUsers && target.level === "project" && existsSync(places.project);
  if (hasPartsIn(target) || reaches) await writeHookState(place, now, learned);
  else if (existsSync(stateFile(hooks, target.root))) removeHookState(target, place.env);
}
