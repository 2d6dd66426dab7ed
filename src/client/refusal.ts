import { listsNoTool } from "../agents/tools.ts";
import type { AgentCall, AgentModel, SettingsLayer } from "./types.ts";
import { isAtLeast, SINCE } from "./version.ts";

/** Returns why Claude Code refuses a call of an agent; undefined if it does not. */
export function refusalOf(
  agent: AgentModel,
  call: AgentCall,
  layers: readonly SettingsLayer[],
  version: string,
): string | undefined {
  for (const { path, settings } of layers) {
    const rule = settings.deny?.find((one) => denies(one, agent, call, version));
    if (rule !== undefined) return `${path} denies it with the rule ${rule}.`;
  }
  const lacksTools = listsNoTool(agent) && isAtLeast(version, SINCE.toolsAreNeeded);
  return lacksTools ? `None of its tools exists: ${agent.tools?.join(", ")}.` : undefined;
}

/** Returns whether a rule of `permissions.deny` is about a call: `Agent`, `Agent(*)`, `Agent(name)` or `Agent(model:opus)`. */
function denies(rule: string, { name }: AgentModel, { model, effort }: AgentCall, version: string): boolean {
  const [all, about = "*"] = /^(?:Agent|Task)(?:\((.*)\))?$/s.exec(rule.trim()) ?? [];
  if (all === undefined) return false;
  if (about === "*" || about === name) return true;
  const [, key = "", wanted] = /^(\w+):(.*)$/s.exec(about) ?? [];
  const input: Readonly<Record<string, string | undefined>> = { model, effort, subagent_type: name };
  const given = input[key];
  return isAtLeast(version, SINCE.denyByInput) && given !== undefined && (wanted === "*" || wanted === given);
}
