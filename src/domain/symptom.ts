/** Severity of a finding: `error` defeats the policy, `warning` is misleading, `note` is for information. */
export const SEVERITIES = ["error", "warning", "note"] as const;
/** The severity of a finding. */
export type Severity = (typeof SEVERITIES)[number];

/** All codes of findings with their descriptions. */
export const SYMPTOMS = {
  "forced-subagent-model": "every agent is forced onto one model",
  "default-beats-agents": "in this version of Claude Code the default model of agents overrides their own",
  "effort-locked": "a variable overrides the effort of all agents",
  "settings-void": "Claude Code ignores the whole settings file",
  "fallback-model-string":
    "fallbackModel is text instead of a list, so Claude Code ignores the whole settings file",
  "settings-value-ignored": "Claude Code ignores a value in a settings file",
  "settings-key-misspelt": "Claude Code ignores a settings key that resembles one of its own",
  "settings-out-of-reach": "sessions that start in this folder do not read the policy's settings",
  "unknown-model": "Claude Code sends an unknown model name unchanged",
  "newer-model": "the model is newer than this version of rolecall",
  "retired-model": "the model is retired or will be soon",
  "remapped-model": "Claude Code sends another model instead",
  "model-not-allowed": "availableModels does not allow the model, so another one runs",
  "missing-description": "an agent without a description is not loaded",
  "agent-not-loaded": "Claude Code does not load the file as an agent",
  "agent-not-read": "rolecall did not read the file, so it is not checked",
  "plugin-agent-unreadable": "a plugin's agent loads without its front matter",
  "agent-key-misspelt": "Claude Code ignores a front matter key that resembles one of its own",
  "agent-value-ignored": "Claude Code ignores a value in front matter",
  "duplicate-agent": "two files of one level have the same agent name",
  "hidden-agent": "an agent is hidden by one of the same name",
  "expensive-reader": "an agent that only reads inherits an expensive model",
  "no-tools": "an agent has no existing tool",
  "unknown-tool": "Claude Code does not have the tool",
  "tools-contradict-role": "the agent's tools do not fit its role",
  "policy-invalid": "the policy cannot be read",
  "out-of-sync": "files and policy are out of sync",
  "prompt-caching-off": "prompt caching is disabled",
  "opusplan-overridden": "opusplan is set but does not run",
} as const;
/** The code of a finding. */
export type SymptomCode = keyof typeof SYMPTOMS;

/** A part of the user's set-up that defeats the policy or that Claude Code silently ignores. */
export interface Symptom {
  /** The kind of problem; docs/doctor.md lists them. */
  code: SymptomCode;
  /** Severity. */
  severity: Severity;
  /** The file; null for the environment. The first of them if there are several. */
  path: string | null;
  /** 1-based. */
  line: number | null;
  /** The problem and its effect. */
  message: string;
  /** Correction; null if nothing has to be done. */
  fix: string | null;
  /** Every file with the same problem, if it is in more than one. */
  files?: readonly SymptomPlace[];
  /** The edit that `doctor --fix` makes, if one is safe. */
  repair?: Repair;
}

/** One of several places of a finding. */
export interface SymptomPlace {
  /** Path of the file. */
  path: string;
  /** 1-based. */
  line: number;
}

/** One safe edit of the finding's own file. */
export type Repair =
  | { kind: "front-matter"; changes: Readonly<Record<string, string | undefined>> }
  | { kind: "json"; at: readonly string[]; value: string | readonly string[] };
