import type { Effort, Tier } from "../domain/model.ts";
import type { Budget, CacheLifetime, Escalation, ModelSettings, Needs, Preset } from "../domain/policy.ts";

/** What a user may write in rolecall.yaml. Everything is optional: the presets and built-in roles fill in the rest. */
export interface WrittenPolicy {
  version?: 1;
  preset?: Preset;
  tolerance?: number;
  verify?: string;
  /** The built-in roles that get an agent of rolecall's own; roles of the user's always do, except under `none`. */
  generate?: "all" | "none" | readonly string[];
  main?: WrittenMain;
  escalation?: Partial<Escalation>;
  /** What a tier means, where it is not to be the newest model of it. */
  tiers?: Partial<Record<Tier, string>>;
  roles?: Record<string, WrittenRole>;
}

export interface WrittenMain {
  model?: string;
  fallbackModel?: readonly string[];
  effort?: Effort;
  /** The model of agents that name none: an alias or an exact id, or `inherit`. */
  subagentModel?: string;
  modelSettings?: Record<string, ModelSettings>;
  env?: Record<string, string>;
  cache?: { main?: CacheLifetime; agents?: CacheLifetime };
}

export interface WrittenRole {
  enabled?: boolean;
  purpose?: string;
  needs?: Partial<Needs>;
  /** Pins: at most one of the two. */
  tier?: Tier;
  model?: string;
  effort?: Effort;
  tools?: readonly string[] | "all";
  maxTurns?: number;
  isolation?: "worktree";
  omitClaudeMd?: boolean;
  agents?: readonly string[];
  shadows?: readonly string[];
  why?: string;
  evidence?: string;
  escalation?: Partial<Escalation>;
  trial?: WrittenTrial;
  budget?: Budget;
}

interface WrittenTrial {
  tier?: Tier;
  model?: string;
  effort?: Effort;
  tasks?: number;
  stopAfter?: number;
}

/** One policy with the place it comes from. */
export interface PolicyLayer {
  /** The path of the file, or `preset frugal`. */
  from: string;
  written: WrittenPolicy;
  /** The 1-based line of a key, for messages. */
  lineOf?: (key: readonly string[]) => number | undefined;
}
