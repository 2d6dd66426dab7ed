import { statSync } from "node:fs";
import { join } from "node:path";
import type { SessionSetup } from "../domain/offered.ts";

const IN_PROJECT = ["CLAUDE.md", "CLAUDE.local.md", join(".claude", "CLAUDE.md")];

/** Returns the longest of the memory files that Claude Code reads in some configuration folders and projects, as far as they exist here. */
export function longestMemory(
  accounts: readonly string[],
  projects: readonly string[],
): SessionSetup["memory"] {
  const paths = [
    ...accounts.map((folder) => join(folder, "CLAUDE.md")),
    ...projects.flatMap((project) => IN_PROJECT.map((name) => join(project, name))),
  ];
  return paths.reduce<SessionSetup["memory"]>((longest, path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    const size = stat?.isFile() ? stat.size : 0;
    return size > (longest?.size ?? 0) ? { path, size } : longest;
  }, null);
}
