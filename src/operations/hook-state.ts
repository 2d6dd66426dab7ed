import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "../agents/write-file.ts";
import { hasOwnHooks, hasOwnParts } from "../agents/edit-hooks.ts";
import { jsonAt, parseJsonObject } from "../agents/edit-json.ts";
import { readTarget } from "../agents/target-files.ts";
import { type AgentPlace, locateBoth } from "../agents/locate.ts";
import { readPlace, resolveAt } from "../agents/place.ts";
import { ownSettings, ownTarget, pathIn, type Target } from "../agents/change.ts";
import { readClientVersion } from "../client/installed-version.ts";
import { readSetup } from "../client/setup.ts";
import { isAtLeast, KNOWN_VERSION, SINCE } from "../client/version.ts";
import { loadConfig } from "../history/config.ts";
import { type HookPlaces, locateHooks, stateFile } from "../hooks/places.ts";
import { type HookState, readJson, readStateOf } from "../hooks/state.ts";
import { readAdviceLog } from "./advice-log.ts";
import { honouredAliases, routesOf } from "./agent-routes.ts";

/** The part of a state that is computed from the history, which takes a while. */
export type LearnedState = Pick<HookState, "learnedOn" | "evidence" | "freshTokens" | "advice">;

const NOTHING_LEARNED: LearnedState = { learnedOn: null, evidence: {}, freshTokens: null, advice: null };

/** Computes the state of the hooks at a place from the policy, the agents and the settings. Reads no history: `learned` comes from it. */
async function computeHookState(place: AgentPlace, now: number, learned: LearnedState): Promise<HookState> {
  const { target, places, state } = await readPlace(place);
  const policy = resolveAt(places);
  const version = (await readClientVersion(place.env)) ?? KNOWN_VERSION;
  const setup = await readSetup({ cwd: target.root, env: place.env, version });
  const hasPolicy = policy.sources.length > 0;
  return {
    version: 1,
    root: target.root,
    at: now,
    client: version,
    agents: routesOf({
      setup,
      policy,
      advice: readAdviceLog(place),
      lockedAt: (path) => state.lock.files[pathIn(target, path)],
    }),
    aliases: honouredAliases(setup),
    takesEffort: isAtLeast(version, SINCE.callEffort),
    subagentModel: policy.main.env["CLAUDE_CODE_SUBAGENT_MODEL"] ?? null,
    verify: policy.verify ?? null,
    rules: policy.hooks,
    escalation: policy.escalation,
    mainModel: hasPolicy ? policy.main.model : null,
    template: (await loadConfig(place.env)).config.statusline ?? null,
    hasSettingsHooks: hasHooksInSettings(place),
    ...learned,
  };
}

/** Computes the state of a place again and writes it in one step. Keeps what was learned from the history unless that is given. */
export async function writeHookState(place: AgentPlace, now: number, learned?: LearnedState): Promise<void> {
  const { target } = await readPlace(place);
  const places = locateHooks(place.env);
  const before = readStateOf(places, target.root);
  const kept = before ? pickLearned(before) : NOTHING_LEARNED;
  const state = await computeHookState(place, now, learned ?? kept);
  mkdirSync(places.states, { recursive: true, mode: 0o700 });
  writeFileAtomically(stateFile(places, target.root), Buffer.from(JSON.stringify(state)), 0o600);
}

function pickLearned({ learnedOn, evidence, freshTokens, advice }: HookState): LearnedState {
  return { learnedOn, evidence, freshTokens, advice };
}

/** Returns whether the settings of a target have a hook or a status line of rolecall, or enable its plugin. */
export function hasPartsIn(target: Target): boolean {
  return hasOwnParts(settingsOf(target)) || enablesPlugin(target);
}

/** Returns whether hooks run at a place: those of the project or of the user, from settings or from the plugin. */
export function hasHooksAt(place: AgentPlace): boolean {
  return hasHooksInSettings(place) || locateBoth(place).some(enablesPlugin);
}

function hasHooksInSettings(place: AgentPlace): boolean {
  return locateBoth(place).some((target) => hasOwnHooks(settingsOf(target)));
}

/** Returns whether settings of a target enable the plugin of rolecall, from any marketplace. */
function enablesPlugin(target: Target): boolean {
  const names = target.level === "user" ? ["settings.json"] : ["settings.json", "settings.local.json"];
  return names.some((name) => {
    const text = readTarget(target, `${target.prefix}${name}`)?.toString("utf8") ?? "";
    const enabled = jsonAt(parseJsonObject(text), ["enabledPlugins"]);
    return Object.entries(enabled ?? {}).some(([id, value]) => id.startsWith("rolecall@") && value === true);
  });
}

function settingsOf(target: Target): string {
  return readTarget(target, ownSettings(target))?.toString("utf8") ?? "";
}

/** Removes the state of a target, and those of projects that only the user's hooks reached; with the last one, everything that hooks keep. */
export function removeHookState(target: Target, env: NodeJS.ProcessEnv): void {
  const places = locateHooks(env);
  rmSync(stateFile(places, target.root), { force: true });
  const roots = target.level === "user" ? rootsIn(places) : [];
  for (const root of roots)
    if (!hasPartsIn(ownTarget({ level: "project", root }))) rmSync(stateFile(places, root), { force: true });
  if (rootsIn(places).length === 0) rmSync(places.folder, { recursive: true, force: true });
}

function rootsIn({ states }: HookPlaces): string[] {
  const names = existsSync(states) ? readdirSync(states) : [];
  return names.flatMap((name) => {
    const root = (readJson(join(states, name)) as Partial<HookState> | undefined)?.root;
    return typeof root === "string" ? [root] : [];
  });
}
