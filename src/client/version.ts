import type { Family } from "../domain/model.ts";

/** The newest version that this is known of: measured with the real client. */
export const KNOWN_VERSION = "2.1.329";

/** What changed in how Claude Code chooses models, by the version that brought it (2.1.195, 2.1.250 and 2.1.329 were measured). */
export const SINCE = {
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
} as const;

/** What each alias has meant, from which version on, the newest first. */
const ALIASES: Readonly<Record<Family, readonly (readonly [since: string, id: string])[]>> = {
  opus: [
    ["2.1.280", "claude-opus-5-5"],
    ["2.1.219", "claude-opus-5"],
    ["0", "claude-opus-4-8"],
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
    ["0", "claude-fable-5"],
  ],
};

/** The id that an alias means to a version of Claude Code. */
export function aliasAt(family: Family, version: string): string {
  const entry = ALIASES[family].find(([since]) => isAtLeast(version, since));
  return entry?.[1] ?? family;
}

/** Whether `version` is `since` or later; numbers compare as numbers. */
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
