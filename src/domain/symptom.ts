/** How much a finding matters: it defeats the policy; something is not as it looks; worth knowing. */
export const SEVERITIES = ["error", "warning", "note"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Everything that `doctor` can find, with what is wrong when it does. */
export const SYMPTOMS = {
  "forced-subagent-model": "every agent is forced onto one model",
  "default-beats-agents": "this version of Claude Code puts the default of agents above their own models",
  "effort-locked": "the environment decides the effort of everything",
  "settings-void": "Claude Code drops the whole settings file",
  "fallback-model-string": "fallbackModel is a text instead of a list, so the whole settings file is dropped",
  "settings-value-ignored": "Claude Code ignores a value in a settings file",
  "settings-key-misspelt": "a settings key that Claude Code does not know resembles one that it does",
  "settings-out-of-reach": "sessions that start in this folder do not read the policy's settings",
  "unknown-model": "a model that Claude Code does not know is sent as it stands",
  "newer-model": "the model is newer than this version of rolecall",
  "retired-model": "the model is retired, or about to be",
  "remapped-model": "Claude Code sends another model instead",
  "model-not-allowed": "availableModels puts the agent, or the session, on another model",
  "missing-description": "an agent without a description is not loaded",
  "agent-not-loaded": "Claude Code does not load the file as an agent",
  "agent-not-read": "rolecall did not read the file, so it is not checked",
  "plugin-agent-unreadable": "a plugin's agent loads without what its front matter says",
  "agent-key-misspelt": "a front matter key that Claude Code does not know stands for one that it does",
  "agent-value-ignored": "Claude Code ignores a value in front matter",
  "duplicate-agent": "two files of one level have the same agent name",
  "hidden-agent": "an agent is hidden by one of the same name",
  "expensive-reader": "an agent that only reads inherits an expensive model",
  "no-tools": "none of the tools that an agent lists exists",
  "unknown-tool": "a tool that Claude Code does not have",
  "tools-contradict-role": "the agent's tools do not fit its role",
  "policy-invalid": "the policy cannot be read",
  "out-of-sync": "files and policy are out of sync",
  "prompt-caching-off": "prompt caching is switched off",
  "opusplan-overridden": "opusplan is set but does not run",
} as const;
export type SymptomCode = keyof typeof SYMPTOMS;

/** Something in the user's set-up that defeats the policy or that Claude Code silently ignores. */
export interface Symptom {
  code: SymptomCode;
  severity: Severity;
  /** The file; null for the environment. The first of them if there are several. */
  path: string | null;
  /** 1-based. */
  line: number | null;
  /** What is wrong and what that does. */
  message: string;
  /** What to do about it. */
  fix: string | null;
  /** Every file with the same problem, if it is in more than one. */
  files?: readonly SymptomPlace[];
  /** The edit that `doctor --fix` makes, if one is safe. */
  repair?: Repair;
}

export interface SymptomPlace {
  path: string;
  /** 1-based. */
  line: number;
}

/** One safe edit of the finding's own file. */
export type Repair =
  | { kind: "front-matter"; changes: Readonly<Record<string, string | undefined>> }
  | { kind: "json"; at: readonly string[]; value: string | readonly string[] };
