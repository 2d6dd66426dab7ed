import type { AgentFile } from "../agents/discover.ts";
import { latin1 } from "../agents/frontmatter.ts";
import type { Symptom, SymptomCode, Severity } from "../domain/symptom.ts";
import type { Policy } from "../domain/policy.ts";
import type { InputProblem } from "../errors.ts";
import { lineOfKey } from "../client/client-settings.ts";
import type { Environment } from "../client/environment.ts";
import type { AgentModel, Surroundings } from "../client/types.ts";
import type { ModelFacts } from "../policy/model-facts.ts";
import type { SettingsFile } from "../client/settings-files.ts";
import type { Setup } from "../client/setup.ts";

/** Everything that the rules of `doctor` check. */
export interface Examined {
  /** The folder that the session starts in. */
  cwd: string;
  setup: Setup;
  facts: ModelFacts;
  environment: Environment;
  /** A session in its default mode with the settings in force. */
  around: Surroundings;
  /** Agents that Claude Code loads, by name. */
  loaded: ReadonlyMap<string, AgentModel>;
  /** The agent that the settings make the main thread. */
  sessionAgent: AgentModel | undefined;
  /** Undefined if the policy is invalid. */
  policy: Policy | undefined;
  policyProblems: readonly InputProblem[];
  /** Files that differ from the policy; undefined if the project has no policy of its own. */
  drift: readonly { path: string; what: string }[] | undefined;
  /** UTC day. */
  today: string;
}

/** A check of `doctor`. */
export type DoctorRule = (examined: Examined) => Symptom[];

type Details = Pick<Symptom, "message"> & Partial<Pick<Symptom, "fix" | "repair" | "line">>;

/** Creates a finding in an agent file, at the line of the key. */
export function inAgent(
  code: SymptomCode,
  severity: Severity,
  agent: AgentFile,
  key: string | undefined,
  { fix = null, ...details }: Details,
): Symptom {
  const { repair, ...shown } = details;
  const editable = repair && agent.level !== "plugin";
  const line = lineOf(agent, key);
  return { code, severity, path: agent.path, line, fix, ...shown, ...(editable && { repair }) };
}

/** Returns the 1-based line of a front matter key; the first line if the file does not have it. */
export function lineOf({ bytes, frontMatter }: AgentFile, key: string | undefined): number {
  if (key === undefined) return 1;
  const lines = latin1(bytes.subarray(0, frontMatter.end)).split("\n");
  return lines.findLastIndex((line) => line.startsWith(`${key}:`) || line.startsWith(`"${key}":`)) + 1 || 1;
}

/** Creates a finding in a settings file, at the line of the key. */
export function inSettings(
  code: SymptomCode,
  severity: Severity,
  file: SettingsFile,
  key: readonly string[],
  { fix = null, ...details }: Details,
): Symptom {
  const line = lineOfKey(file.text, key) ?? 1;
  return { code, severity, path: file.path, line, fix, ...details };
}

/**
 * Creates a finding about a variable, in the settings file that sets it or in the environment. `fix` is the action for the variable:
 * `remove`, `replace …`.
 */
export function inEnvironment(
  code: SymptomCode,
  severity: Severity,
  { setup }: Examined,
  name: string,
  details: Details,
): Symptom {
  const file = setup.settings.find(({ settings }) => settings.env?.[name] !== undefined);
  if (file) return inSettings(code, severity, file, ["env", name], details);
  return { code, severity, path: null, line: null, fix: null, ...details };
}
