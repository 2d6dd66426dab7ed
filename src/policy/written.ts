import type { Effort, Tier } from "../domain/model.ts";
import type { CacheLifetime, Escalation, HookRules, ModelSettings, Needs, Preset } from "../domain/policy.ts";

/** The contents of rolecall.yaml. Everything is optional: presets and built-in roles fill in the rest. */
export interface WrittenPolicy {
  version?: 1;
  preset?: Preset;
  tolerance?: number;
  verify?: string;
  /** Built-in roles with an agent of rolecall's own. The user's own roles always have one, except under `none`. */
  generate?: "all" | "none" | readonly string[];
  main?: WrittenMain;
  escalation?: Partial<Escalation>;
  hooks?: Partial<HookRules>;
  /** Exact ids of tiers that are not to mean their newest model. */
  tiers?: Partial<Record<Tier, string>>;
  roles?: Record<string, WrittenRole>;
}

export interface WrittenMain {
  model?: string;
  fallbackModel?: readonly string[];
  effort?: Effort;
  /** Model of agents without one: an alias, an exact id, or `inherit`. */
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
}

/** A policy and its origin. */
export interface PolicyLayer {
  /** The path of the file, or `preset frugal`. */
  from: string;
  written: WrittenPolicy;
  /** Returns the 1-based line of a key, for messages. */
  lineOf?: (key: readonly string[]) => number | undefined;
}
