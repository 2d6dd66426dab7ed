import type { AgentFile } from "./discover.ts";

/** The first version of Claude Code that refuses names with a colon or a hyphen in front. */
const STRICT_NAMES = [2, 1, 218];

/**
 * Returns why a version of Claude Code does not load the agent of a file; undefined if it does. Agents of plugins load with any front
 * matter.
 */
export function whyNotLoaded(agent: AgentFile, version: string): string | undefined {
  const { frontMatter, name, description, level } = agent;
  if (level === "plugin") return undefined;
  if (frontMatter.why !== undefined) return frontMatter.why;
  if (name === undefined) return "it has no name";
  if (description === undefined) return "it has no description";
  if (isBefore(version, STRICT_NAMES)) return undefined;
  if (name.includes(":")) return "its name contains a colon, which is for agents of plugins";
  return name.startsWith("-") ? "its name begins with a hyphen" : undefined;
}

function isBefore(version: string, since: readonly number[]): boolean {
  const parts = version.split(".").map(Number);
  const index = since.findIndex((part, at) => parts[at] !== part);
  return index >= 0 && (parts[index] ?? 0) < (since[index] ?? 0);
}
