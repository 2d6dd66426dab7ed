import type { Effort, Tier } from "./model.ts";

/** The sets of rules that ship with rolecall. */
export const PRESETS = ["balanced", "frugal", "quality", "subscription"] as const;
/** Name of a set of rules. */
export type Preset = (typeof PRESETS)[number];

/** Requirements of a role, independent of current models. */
export interface Needs {
  /** Difficulty of the thinking: mechanical (rename, format), generative (write a function), deep (architecture, races). */
  reasoning: "mechanical" | "generative" | "deep";
  /** Amount of code that must be kept in mind at once. */
  files: "one" | "few" | "many";
  /** Tokens of context that the work can come to. */
  contextTokens: number;
  /** Few simple calls, or long chains of them that build on one another. */
  toolUse: "simple" | "long";
  /** `fast` gives up depth for the shorter wait. */
  speed: "normal" | "fast";
  /** Cost of a wrong answer: tests catch it, somebody loses an hour, it ends in production. */
  errorCost: "low" | "normal" | "high";
}

/** The resolved policy of one role. */
export interface Assignment {
  /** Name of the role. */
  role: string;
  /** One sentence on what the role is for; the description of its agent. */
  purpose: string;
  /** Value for Claude Code's front matter: an alias, an exact id or `inherit`. */
  model: string;
  /** Undefined for `inherit`. */
  tier: Tier | undefined;
  /** Undefined if the model has no effort parameter, or its default is wanted. */
  effort: Effort | undefined;
  /** Tools of the agent; undefined for all. */
  tools: readonly string[] | undefined;
  /** API round trips after which Claude Code stops the agent and asks its caller whether it should go on. */
  maxTurns: number | undefined;
  /** `worktree`: each run works in a git worktree of its own. */
  isolation: "worktree" | undefined;
  /** Whether the agent works without the project's CLAUDE.md, as the built-in Explore does. */
  omitClaudeMd: boolean;
  /** Whether rolecall may create an agent for the role. */
  generated: boolean;
  /** Requirements of the role for a model. */
  needs: Needs;
  /** Reason for this model. */
  reason: Reason;
  /** Names of the agents that do this role's work: its own name first. */
  agents: readonly string[];
  /** Agents built into Claude Code that an agent of this role takes the place of: `Explore`. */
  shadows: readonly string[];
  /** Rules for moving its work to a higher tier. */
  escalation: Escalation;
}

/** The reason for a role's model. */
export interface Reason {
  /** Reason for this tier and effort. */
  why: string;
  /** Evidence for the choice. */
  evidence: string;
  /** Origin: `needs`, or the layer that pinned it (`preset frugal`, the path of a policy file). */
  from: string;
}

/** The rules for moving work to a higher tier, and to a person. */
export interface Escalation {
  /** Failures of one task on one tier before it moves up. */
  afterFailures: number;
  /** The highest tier that it moves up to. */
  upTo: Tier;
  /** Whether a failure at the top is handed to a person; otherwise the agent reports it and stops. */
  handToPerson: boolean;
  /** Whether an answer that asks for more information counts as a failed check. */
  redFlags: boolean;
}

/** Lifetime of the prompt cache. */
export type CacheLifetime = "auto" | "5m" | "1h";

/** The policy of the session itself, written to Claude Code's settings. */
export interface MainSession {
  /** An alias (`opusplan` too) or an exact id. */
  model: string;
  /** At most three, tried in order when the model is not available. */
  fallbackModel: readonly string[];
  /** Level of effort; undefined for the model's own. */
  effort: Effort | undefined;
  /**
   * By exact id. Contains `effort` for every model that `model` can mean, because Claude Code ignores the plain
   * `effortLevel` on the 5.5 models.
   */
  modelSettings: Readonly<Record<string, ModelSettings>>;
  /** Environment of the session; CLAUDE_CODE_SUBAGENT_MODEL is here, as the default of agents without a model. */
  env: Readonly<Record<string, string>>;
  /** Lifetimes of the prompt cache, for the session and for agents. */
  cache: { main: CacheLifetime; agents: CacheLifetime };
}

/** Settings of one model. */
export interface ModelSettings {
  /** Level of effort of this model. */
  effortLevel?: Effort;
  /** The highest level that is allowed. */
  maxEffortLevel?: Effort;
  /** Tokens. */
  autoCompactWindow?: number | "auto";
}

/** The actions that a policy allows the hooks in Claude Code (docs/hooks.md). */
export interface HookRules {
  /** After a verification failed often enough: put the next agent call a tier up, only say so, or neither. */
  escalate: "perform" | "suggest" | "off";
  /** Before a model switch: say what it costs, ask as well, or neither. */
  modelSwitch: "tell" | "ask" | "off";
  /** Agents without a role and without a model of their own: leave them, or route them by their prompt. */
  unknownAgents: "leave" | "route";
  /** Reaction to a prompt that looks like work for another tier: say so, or not. */
  promptTier: "off" | "tell";
}

/** A policy with every default filled in. */
export interface Policy {
  /** The set of rules that it builds on. */
  preset: Preset;
  /** Percentage points of success that a cheaper assignment may lose. */
  tolerance: number;
  /** The command that shows that the project still works: its tests, or all its checks. */
  verify?: string;
  /** The main session. */
  main: MainSession;
  /** Rules for moving work to a higher tier, unless a role has rules of its own. */
  escalation: Escalation;
  /** Hooks that the policy installs. */
  hooks: HookRules;
  /** By role name, in the order of the policy. */
  roles: ReadonlyMap<string, Assignment>;
  /** Exact ids of tiers that do not mean their newest model. */
  tiers: Readonly<Partial<Record<Tier, string>>>;
  /** The files that it was read from, the strongest first. */
  sources: readonly string[];
}

/**
 * Returns the role of an agent by its type: `code-reviewer`, `plugin:reviewer`, `Explore`.
 *
 * @example
 * ```ts
 * import { loadPolicy, roleOf } from "rolecall";
 *
 * const { policy } = loadPolicy(process.cwd(), process.env);
 * const { role, tier } = roleOf(policy, "code-reviewer") ?? {};
 * console.log(role, tier); // reviewer
 * ```
 */
export function roleOf(policy: Policy, agent: string): Assignment | undefined {
  const plain = agent.toLowerCase();
  const serves = (name: string) => [...policy.roles.values()].find((role) => answersTo(role, name));
  return serves(plain) ?? serves(plain.slice(plain.lastIndexOf(":") + 1));
}

function answersTo(role: Assignment, name: string): boolean {
  return [...role.agents, ...role.shadows].some((own) => own.toLowerCase() === name);
}
