import { join } from "node:path";
import type { AgentFacts } from "../advice/context.ts";
import { readAgents } from "../agents/discover.ts";
import { jsonAt, parseJsonObject } from "../agents/edit-json.ts";
import { type AgentPlace, locateTarget } from "../agents/locate.ts";
import { resolveAt, sourceOf } from "../agents/place.ts";
import { readTextFile } from "../policy/read-file.ts";

/** Agents of Claude Code that no file of their name replaces. */
const BUILT_IN = new Set(["general-purpose", "claude", "statusline-setup", "output-style-setup", "unknown"]);

/** Reads what decides the models of agents and of the main session at a place, as far as advice can change it. */
export function readAgentFacts(place: AgentPlace): AgentFacts {
  const { target, places } = locateTarget(place);
  const user = locateTarget({ ...place, user: true }).target;
  const { agents } = readAgents([sourceOf(target), sourceOf(user)]);
  const files = new Map(agents.toReversed().map((file) => [file.name ?? "", file]));
  const shadowed = new Set([...resolveAt(places).roles.values()].flatMap(({ shadows }) => shadows));
  const settings = [
    join(user.root, "settings.json"),
    join(target.root, ".claude/settings.json"),
    join(target.root, ".claude/settings.local.json"),
  ].map((path) => parseJsonObject(readTextFile(path) ?? ""));
  const isSet = (name: string) =>
    Boolean(place.env[name]) || settings.some((json) => Boolean(jsonAt(json, ["env", name])));
  const forced = isSet("CLAUDE_CODE_SUBAGENT_MODEL_FORCE");
  const mainIsFixed = isSet("ANTHROPIC_MODEL");
  const hasDefault = isSet("CLAUDE_CODE_SUBAGENT_MODEL");
  const model = (agent: string) => files.get(agent)?.model;
  return {
    decidedBy: (agent) => {
      if (agent === "main") return mainIsFixed ? "nowhere" : "here";
      if (forced) return "nowhere";
      if (files.has(agent) || shadowed.has(agent)) return "here";
      return BUILT_IN.has(agent) ? "nowhere" : "elsewhere";
    },
    inherits: (agent) =>
      agent !== "main" &&
      !hasDefault &&
      (files.has(agent) ? model(agent) === undefined || model(agent) === "inherit" : !shadowed.has(agent)),
    followsMain: (agent) => shadowed.has(agent) && !files.has(agent),
  };
}
