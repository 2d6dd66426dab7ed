import type { Effort } from "../domain/model.ts";

/** The definition of an agent, as Claude Code understands it. */
export interface AgentModel {
  name: string;
  /** As written; undefined where it is missing, empty or no text. */
  model: string | undefined;
  /** As written: a word, or a whole number. */
  effort: string | undefined;
  /** The path of its file, `built-in`, or what else is to be named as the place. */
  where: string;
  /** Entries of its list of tools; undefined if it has all. */
  tools?: readonly string[];
}

/** The arguments of a call of the Agent tool. */
export interface AgentCall {
  /** The model that the call asks for. */
  model?: string | undefined;
  /** The effort that the call asks for. */
  effort?: string | undefined;
  /** Whether it makes the agent a teammate of an agent team. */
  teammate?: boolean | undefined;
}

/** The state of the session that an agent, or the next request of the main thread, starts in. */
export interface Session {
  /** `--model` or `/model`. */
  model?: string | undefined;
  /** `--effort`. */
  effort?: string | undefined;
  /** Whether the session is in plan mode. */
  mode: "default" | "plan";
  /** Tokens of the last reply's prompt and output. */
  contextTokens: number;
}

/** The levels of settings files, the strongest first. */
export type SettingsLevel = "managed" | "local" | "project" | "user";

/** The parts that count of a settings file of Claude Code; a file that Claude Code drops counts as empty. */
export interface ClientSettings {
  model?: string;
  agent?: string;
  effortLevel?: string;
  maxEffortLevel?: string;
  modelSettings?: Readonly<Record<string, { effortLevel?: unknown; maxEffortLevel?: unknown }>>;
  availableModels?: readonly string[];
  fallbackModel?: readonly string[];
  /** `permissions.defaultMode`: the mode that sessions start in. */
  defaultMode?: string;
  modelOverrides?: Readonly<Record<string, string>>;
  env?: Readonly<Record<string, string>>;
  enabledPlugins?: Readonly<Record<string, unknown>>;
  disableAllHooks?: boolean;
  /** Counts in managed settings only. */
  allowManagedHooksOnly?: boolean;
  /** The value of `hooks.PreToolUse`. */
  preToolUse?: readonly unknown[];
  /** Rules of `permissions.deny`. */
  deny?: readonly string[];
}

export interface SettingsLayer {
  level: SettingsLevel;
  path: string;
  settings: ClientSettings;
}

/** Everything outside of the agent that decides. */
export interface Surroundings {
  /** Version of Claude Code: `2.1.329`. */
  version: string;
  /** The process's own environment. */
  env: Readonly<Record<string, string | undefined>>;
  /** The strongest first. */
  layers: readonly SettingsLayer[];
  session: Session;
}

/** Sources in the words of the JSON contract. */
export type SourceName =
  | "force"
  | "call"
  | "frontmatter"
  | "environment"
  | "settings"
  | "parent"
  | "model-default";

/** One place that could have decided the model or the effort, and whether it did. */
export interface DecisionSource {
  /** The value that it decides. */
  of: "model" | "effort";
  /** The kind of place. */
  source: SourceName;
  /** Null where it says nothing. */
  value: string | null;
  /** Whether it is the one that wins. */
  decides: boolean;
  /** The file, variable or option. */
  where: string | null;
}

/** The values that go over the wire, with their reasons. */
export interface Effective {
  /** The id in the request. */
  model: string;
  /** Null where the request has no effort. */
  effort: Effort | null;
  /** Ids that take over, in order, when the model is not available. */
  fallbacks: readonly string[];
  /** Those of the model, then those of the effort, each in Claude Code's order. */
  sources: readonly DecisionSource[];
  /** Changes of the deciding value on its way, one sentence each. */
  notes: readonly string[];
}
