import { listsNoTool } from "../agents/tools.ts";
import { isFamily } from "../domain/model.ts";
import { createEnvironment, isOn } from "./environment.ts";
import type { AgentCall, AgentModel, Surroundings } from "./types.ts";
import { isAtLeast, SINCE } from "./version.ts";

/** Returns why Claude Code refuses a call of an agent; undefined if it does not. */
export function refusalOf(agent: AgentModel, call: AgentCall, around: Surroundings): string | undefined {
  const { layers, version } = around;
  for (const { path, settings } of layers) {
    const rule = settings.deny?.find((one) => denies(one, agent, call, version));
    if (rule !== undefined) return `${path} denies it with the rule ${rule}.`;
  }
  if (listsNoTool(agent) && isAtLeast(version, SINCE.toolsAreNeeded))
    return `None of its tools exists: ${agent.tools?.join(", ")}.`;
  return isInvalidModel(call, around)
    ? `A call takes only an alias as its model, not ${call.model}.`
    : undefined;
}

/** A call's model is an alias. Older versions take whatever a hook puts there, and so do those on which a model is forced. */
function isInvalidModel({ model }: AgentCall, { version, env, layers }: Surroundings): boolean {
  if (model === undefined || isFamily(model) || !isAtLeast(version, SINCE.callTakesAliases)) return false;
  const force = createEnvironment(env, layers)("CLAUDE_CODE_SUBAGENT_MODEL_FORCE");
  return !(isAtLeast(version, SINCE.force) && isOn(force));
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
