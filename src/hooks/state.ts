import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Effort, Family, Tier } from "../domain/model.ts";
import type { HookRules } from "../domain/policy.ts";
import { configDir } from "../policy/places.ts";
import { type HookPlaces, stateFile } from "./places.ts";

/** Everything that a hook decides by, computed beforehand: a hook reads no policy, no transcripts and no store. */
export interface HookState {
  version: 1;
  /** The project, or the user's configuration folder. */
  root: string;
  /** Time of the computation, in ms since the epoch. */
  at: number;
  /** Version of Claude Code that it holds for. */
  client: string;
  /** Agents by the name that they are called by. */
  agents: Readonly<Record<string, AgentRoute>>;
  /** Aliases that a call may name here: allowed by `availableModels`, and not denied. */
  aliases: readonly Family[];
  /** Whether calls of this version take an effort. */
  takesEffort: boolean;
  /** Value of CLAUDE_CODE_SUBAGENT_MODEL that is the policy's own. */
  subagentModel: string | null;
  /** The command that shows that the project works. */
  verify: string | null;
  rules: HookRules;
  escalation: Ladder;
  /** Local day on which the next three were learned from the history; null for never. */
  learnedOn: string | null;
  /** Outcomes of the main session here by family. */
  evidence: Readonly<Partial<Record<Family, { accepted: number; known: number }>>>;
  /** Tokens of the first prompt of a session here, usually. */
  freshTokens: number | null;
  advice: HookAdvice | null;
  /** Model that the policy gives the main session. */
  mainModel: string | null;
  /** Template of the status line in the user's configuration. */
  template: string | null;
  /** Settings have hooks as well: those of the plugin stay silent. */
  hasSettingsHooks: boolean;
}

/** After how many failures of a verification work escalates, and how far. */
export interface Ladder {
  afterFailures: number;
  upTo: Tier;
}

/** The decision about the calls of one agent. */
export interface AgentRoute {
  /** Model to put into the call; undefined leaves Claude Code's own choice. */
  model?: Family;
  effort?: Effort;
  /** Reason for the change, or for leaving the call alone. */
  why: string;
  /** The tier that the agent runs on then; undefined if that is the session's. */
  tier?: Tier;
  /** A user chose the model: it is never changed, not by an escalation either. */
  isNamed: boolean;
  /** Nothing but CLAUDE_CODE_SUBAGENT_MODEL decides the model without the hook. */
  followsVariable: boolean;
  /** It can change files, so a failed verification may be about its work. */
  writes: boolean;
  /** The words of the prompt decide. */
  byPrompt?: true;
  /** ID of the trial that the route belongs to. */
  trial?: string;
  escalation: Ladder;
}

/** One piece of advice, as a line. */
export interface HookAdvice {
  id: string;
  text: string;
}

/** Reads the state that holds for a folder: that of the nearest project above it, otherwise the user's. */
export function readState(
  places: HookPlaces,
  folders: readonly (string | undefined)[],
  env: NodeJS.ProcessEnv,
): HookState | undefined {
  const user = configDir(env);
  for (const folder of folders)
    for (let at = folder; at; at = dirname(at)) {
      const state = at === user ? undefined : readStateOf(places, at);
      if (state) return state;
      if (at === dirname(at)) break;
    }
  return readStateOf(places, user);
}

/** Reads the state of one root; undefined if it has none, or if the file is not one that rolecall wrote. */
export function readStateOf(places: HookPlaces, root: string): HookState | undefined {
  const state = readJson(stateFile(places, root)) as Partial<HookState> | undefined;
  return state?.version === 1 && state.root === root ? (state as HookState) : undefined;
}

/** Parses a JSON file of the folder of hooks; undefined if it is missing or torn. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined; // missing, or being replaced: a hook goes on without it
  }
}
