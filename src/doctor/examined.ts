import type { AgentFile } from "../agents/discover.ts";
import type { Symptom, SymptomCode, Severity } from "../domain/symptom.ts";
import type { Policy } from "../domain/policy.ts";
import type { InputProblem } from "../errors.ts";
import { lineOfKey } from "../client/client-settings.ts";
import type { Environment } from "../client/environment.ts";
import type { AgentModel, Surroundings } from "../client/types.ts";
import type { ModelFacts } from "../policy/model-facts.ts";
import type { SettingsFile, Setup } from "../client/setup.ts";

/** Everything that the rules of `doctor` look at. */
export interface Examined {
  setup: Setup;
  facts: ModelFacts;
  environment: Environment;
  /** A session in its default mode, with the settings as they count. */
  around: Surroundings;
  /** The agents that load, by name. */
  loaded: ReadonlyMap<string, AgentModel>;
  /** Undefined where it cannot be read. */
  policy: Policy | undefined;
  policyProblems: readonly InputProblem[];
  /** Files that are not as the policy wants them; undefined where the project has no policy of its own. */
  drift: readonly { path: string; what: string }[] | undefined;
  /** UTC day. */
  today: string;
}

/** One thing to look for. */
export type Rule = (examined: Examined) => Symptom[];

type Details = Pick<Symptom, "message"> & Partial<Pick<Symptom, "fix" | "repair" | "line">>;

/** A finding in an agent file, at the line of the key. */
export function inAgent(
  code: SymptomCode,
  severity: Severity,
  agent: AgentFile,
  key: string | undefined,
  { fix = null, ...details }: Details,
): Symptom {
  const line = (key === undefined ? undefined : lineOfFrontMatter(agent, key)) ?? 1;
  const { repair, ...shown } = details;
  const editable = repair && agent.level !== "plugin";
  return { code, severity, path: agent.path, line, fix, ...shown, ...(editable && { repair }) };
}

function lineOfFrontMatter({ bytes, frontMatter }: AgentFile, key: string): number | undefined {
  const lines = bytes.toString("latin1").slice(0, frontMatter.end).split("\n");
  const index = lines.findLastIndex((line) => line.startsWith(`${key}:`) || line.startsWith(`"${key}":`));
  return index < 0 ? undefined : index + 1;
}

/** A finding in a settings file, at the line of the key. */
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
 * A finding about a variable, in the settings file that sets it or else in the environment. `fix` is given as what to do to
 * it: `remove`, `replace …`.
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
