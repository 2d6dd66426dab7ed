import type { Effort, Tier } from "../domain/model.ts";
import type { CacheLifetime, Escalation, HookRules, ModelSettings, Needs, Preset } from "../domain/policy.ts";

/** The contents of rolecall.yaml. Everything is optional: presets and built-in roles fill in the rest. */
export interface WrittenPolicy {
  /** Version of the format. */
  version?: 1;
  /** The set of rules to build on. */
  preset?: Preset;
  /** Percentage points of success that a cheaper assignment may lose. */
  tolerance?: number;
  /** The command that shows that the project still works. */
  verify?: string;
  /** Built-in roles with an agent of rolecall's own. The user's own roles always have one, except under `none`. */
  generate?: "all" | "none" | readonly string[];
  /** The main session. */
  main?: WrittenMain;
  /** Rules for moving work to a higher tier. */
  escalation?: Partial<Escalation>;
  /** Hooks to install. */
  hooks?: Partial<HookRules>;
  /** Exact ids of tiers that are not to mean their newest model. */
  tiers?: Partial<Record<Tier, string>>;
  /** Roles by name. */
  roles?: Record<string, WrittenRole>;
}

/** The main session, as a policy writes it. */
export interface WrittenMain {
  /** An alias (`opusplan` too) or an exact id. */
  model?: string;
  /** Models for when it is not available, at most three. */
  fallbackModel?: readonly string[];
  /** Level of effort. */
  effort?: Effort;
  /** Model of agents without one: an alias, an exact id, or `inherit`. */
  subagentModel?: string;
  /** Settings by exact id. */
  modelSettings?: Record<string, ModelSettings>;
  /** Variables of the session. */
  env?: Record<string, string>;
  /** Lifetimes of the prompt cache. */
  cache?: { main?: CacheLifetime; agents?: CacheLifetime };
}

/** A role, as a policy writes it. */
export interface WrittenRole {
  /** Whether the role exists. */
  enabled?: boolean;
  /** One sentence on what it is for. */
  purpose?: string;
  /** Requirements that differ from the built-in ones. */
  needs?: Partial<Needs>;
  /** Pins: at most one of the two. */
  tier?: Tier;
  /** Exact id, alias or `inherit`. */
  model?: string;
  /** Level of effort. */
  effort?: Effort;
  /** Tools of its agent. */
  tools?: readonly string[] | "all";
  /** API round trips after which its agent stops. */
  maxTurns?: number;
  /** `worktree`: each run works in a git worktree of its own. */
  isolation?: "worktree";
  /** Whether its agent works without CLAUDE.md. */
  omitClaudeMd?: boolean;
  /** Names of further agents that do its work. */
  agents?: readonly string[];
  /** Built-in agents that its agent takes the place of. */
  shadows?: readonly string[];
  /** Reason for the choice. */
  why?: string;
  /** Evidence for the choice. */
  evidence?: string;
  /** Rules that differ from those of the policy. */
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
