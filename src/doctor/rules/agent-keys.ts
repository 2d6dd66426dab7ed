import type { AgentFile } from "../../agents/discover.ts";
import { isEffort } from "../../domain/model.ts";
import { typoOf } from "../../domain/nearest.ts";
import type { Symptom } from "../../domain/symptom.ts";
import { inAgent, type DoctorRule } from "../examined.ts";

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
type KnownKey = (typeof KNOWN)[number];

/** Keys of other tools that are one letter from one of Claude Code's. */
const OF_OTHER_TOOLS: ReadonlySet<string> = new Set([
  "mode",
  "modes",
  "names",
  "colour",
  "skill",
  "hook",
  "role",
]);

/** Keys of other tools, or of Claude Code's skills, that clearly mean a key of Claude Code's agents. */
const MEANT: Readonly<Record<string, KnownKey>> = {
  allowedtools: "tools",
  tool: "tools",
  reasoningeffort: "effort",
  modelreasoningeffort: "effort",
};

/** Finds keys that Claude Code ignores and that mean one of its own; other keys of other tools are not reported. */
export const agentKeys: DoctorRule = ({ setup }) =>
  setup.loading.flatMap((agent) =>
    Object.keys(agent.frontMatter.keys).flatMap((key) => {
      const known = (KNOWN as readonly string[]).includes(key);
      const meant = known ? undefined : meaningOf(key, agent.frontMatter.keys[key]);
      return meant ? describe(agent, key, meant) : [];
    }),
  );

function meaningOf(key: string, value: unknown): KnownKey | undefined {
  const plain = key.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const same = KNOWN.find((known) => known.toLowerCase() === plain);
  if (same ?? MEANT[plain]) return same ?? MEANT[plain];
  if (/model/.test(plain) && !/fallback/.test(plain) && namesModel(value)) return "model";
  if (key.length < 5 || OF_OTHER_TOOLS.has(plain)) return undefined;
  return typoOf(key, KNOWN) as KnownKey | undefined;
}

/** Returns whether a value looks like a model. */
function namesModel(value: unknown): boolean {
  return typeof value === "string" && /^(?:inherit|claude|.*\b(?:haiku|sonnet|opus|fable)\b)/i.test(value);
}

function describe(agent: AgentFile, key: string, meant: KnownKey): Symptom[] {
  const { keys } = agent.frontMatter;
  const value = keys[key];
  if (keys[meant] !== undefined && key.toLowerCase() !== meant.toLowerCase()) return [];
  // Correcting a model would change that of a working agent, and a key of another tool is that tool's, so the user decides.
  const isTypo = typoOf(key, KNOWN) === meant || key.toLowerCase() === meant;
  const safe = meant === "effort" && isTypo && keys[meant] === undefined && isEffort(value);
  return [
    inAgent("agent-key-misspelt", "warning", agent, key, {
      message: `${key} is not a key of Claude Code's agents and has no effect.`,
      fix: keys[meant] === undefined ? `Write ${meant} instead.` : `Remove it. ${meant} is set too.`,
      ...(safe && { repair: { kind: "front-matter", changes: { [key]: undefined, [meant]: value } } }),
    }),
  ];
}
