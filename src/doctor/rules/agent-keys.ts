import { nearest } from "../../domain/nearest.ts";
import { loads } from "../../client/setup.ts";
import { inAgent, type Rule } from "../examined.ts";

/** Front matter keys that Claude Code 2.1.329 knows. */
const KNOWN = [
  "name",
  "description",
  "tools",
  "disallowedTools",
  "model",
  "effort",
  "permissionMode",
  "maxTurns",
  "skills",
  "mcpServers",
  "hooks",
  "memory",
  "background",
  "isolation",
  "color",
  "initialPrompt",
  "omitClaudeMd",
  "autoCompactWindow",
] as const;

const MANAGED: ReadonlySet<string> = new Set(["model", "effort"]);

/** Keys that mean nothing to Claude Code and are near one that does; keys of other tools are left in peace. */
export const agentKeys: Rule = ({ setup }) =>
  setup.agents.filter(loads).flatMap((agent) => {
    const { keys } = agent.frontMatter;
    return Object.keys(keys).flatMap((key) => {
      if ((KNOWN as readonly string[]).includes(key)) return [];
      const meant = nearest(key, KNOWN);
      if (!meant || key.length < 4) return [];
      const value = keys[key];
      const safe = MANAGED.has(meant) && keys[meant] === undefined && typeof value === "string";
      return [
        inAgent("agent-key-misspelt", "warning", agent, key, {
          message: `${key} is no key that Claude Code knows, and counts for nothing.`,
          fix: keys[meant] === undefined ? `Write ${meant}.` : `Remove it; ${meant} is there as well.`,
          ...(safe && { repair: { kind: "front-matter", changes: { [key]: undefined, [meant]: value } } }),
        }),
      ];
    });
  });
