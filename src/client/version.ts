import type { Family } from "../domain/model.ts";

/** The newest version that was compared with the real client. */
export const KNOWN_VERSION = "2.1.332";

/** The oldest version that was compared with the real client. */
export const OLDEST_VERSION = "2.1.100";

/**
 * Changes in how Claude Code chooses models, by the version that brought them, or the first in which they were seen. Versions that were
 * compared with the real client: 2.1.100, 111, 128, 150, 178, 195, 200, 250, 265, 280, 300, 314, 329 and 332.
 */
export const SINCE = {
  /** Requests carry an effort that nothing asked for, the model's default; `xhigh` is a level. */
  defaultEffort: "2.1.111",
  /** Without a model a session runs on Opus; before, on Sonnet. */
  opusIsDefault: "2.1.150",
  /** `availableModels` holds agents and sessions to its list. */
  availableModels: "2.1.200",
  /** A model that `availableModels` leaves out becomes the newest allowed one of its family. */
  newestAllowed: "2.1.222",
  /** `modelOverrides` replaces exact ids too, and its ids have the efforts of the models that they replace; before, only aliases. */
  overridesOfIds: "2.1.200",
  /** An unknown id takes an effort also if it names Opus, Sonnet or Haiku. */
  effortOfUnknown: "2.1.128",
  /** ANTHROPIC_DEFAULT_MODEL. */
  defaultModelVariable: "2.1.236",
  /** Does not start with a managed settings file that is not a JSON object. */
  managedMustParse: "2.1.329",
  /** `modelSettings` and `maxEffortLevel` in settings. */
  modelSettings: "2.1.265",
  /** Agents keep their own models in plan mode under opusplan and haiku; before, all took the planning model. */
  agentsKeepModelInPlan: "2.1.320",
  /** `--effort` reaches only agents on the session's model; before, all of them. */
  effortOfSessionModel: "2.1.320",
  /** Entries for hook events that it does not know are skipped; before, they made Claude Code ignore the whole settings file. */
  unknownEventsAreSkipped: "2.1.111",
  /** The settings of a plugin can make one of its agents the main thread. */
  pluginAgent: "2.1.150",
  /** Of two agents with the same name, the one nearest to the working folder runs; before, the farthest. */
  nearestAgentWins: "2.1.178",
  /** Deny rules like `Agent(model:opus)`. */
  denyByInput: "2.1.178",
  /** settings.local.json of the main checkout counts in all its folders and worktrees; before, that of the working folder alone. */
  localOfMainCheckout: "2.1.250",
  /** An agent without an existing tool is refused. */
  toolsAreNeeded: "2.1.208",
  /** The built-in Explore keeps a model of an unknown family; before, it ran on Opus instead. */
  exploreKeepsUnknown: "2.1.300",
  /** Front matter sets the effort of agents on Opus 4.7 and 4.8. */
  effortOfOpus47: "2.1.250",
  /** `inherit` in a variable or a call means the parent's model; before, it was sent as it stood. */
  inheritIsParent: "2.1.128",
  /** A hook can set a call's model to an alias only. */
  callTakesAliases: "2.1.178",
  /** `CLAUDE_CODE_SUBAGENT_MODEL=inherit` says nothing; before, it put every agent on the parent's model. */
  inheritIsUnset: "2.1.196",
  /** The built-in Explore inherits; before, it ran on Haiku. */
  exploreInherits: "2.1.198",
  /** The call and the front matter win over CLAUDE_CODE_SUBAGENT_MODEL; before, the variable won. */
  variableIsDefault: "2.1.251",
  /** CLAUDE_CODE_SUBAGENT_MODEL_FORCE. */
  force: "2.1.257",
  /** The Agent tool takes an effort. */
  callEffort: "2.1.292",
  /** CLAUDE_CODE_SUBAGENT_EFFORT. */
  subagentEffort: "2.1.315",
} as const;

/** The meanings of each alias by version, the newest first. */
const ALIASES: Readonly<Record<Family, readonly (readonly [since: string, id: string])[]>> = {
  opus: [
    ["2.1.280", "claude-opus-5-5"],
    ["2.1.219", "claude-opus-5"],
    ["2.1.154", "claude-opus-4-8"],
    ["2.1.111", "claude-opus-4-7"],
    ["0", "claude-opus-4-6"],
  ],
  sonnet: [
    ["2.1.284", "claude-sonnet-5-5"],
    ["2.1.197", "claude-sonnet-5"],
    ["0", "claude-sonnet-4-6"],
  ],
  haiku: [
    ["2.1.293", "claude-haiku-5-5"],
    ["0", "claude-haiku-4-5-20251001"],
  ],
  fable: [
    ["2.1.320", "claude-fable-5-2"],
    ["2.1.257", "claude-fable-5-1"],
    ["2.1.170", "claude-fable-5"],
  ],
};

/** Returns the id that an alias means to a version of Claude Code; the word itself if the version does not know it. */
export function aliasAt(family: Family, version: string): string {
  const entry = ALIASES[family].find(([since]) => isAtLeast(version, since));
  return entry?.[1] ?? family;
}

/** Returns the family that `best` means. For a while it was Fable. */
export function bestAt(version: string): Family {
  return isAtLeast(version, "2.1.280") && !isAtLeast(version, "2.1.320") ? "fable" : "opus";
}

/** Returns whether a model came after a version, which then treats it as unknown. */
export function isNewerThan(id: string, version: string): boolean {
  const since = Object.values(ALIASES).flatMap((entries) => entries.filter((entry) => entry[1] === id));
  return since.some(([first]) => !isAtLeast(version, first));
}

/** Returns whether `version` is `since` or later; numbers compare as numbers. */
export function isAtLeast(version: string, since: string): boolean {
  const [a, b] = [version, since].map((text) =>
    text.split(".").map((part) => Number.parseInt(part, 10) || 0),
  );
  for (let index = 0; index < Math.max(a?.length ?? 0, b?.length ?? 0); index++) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
