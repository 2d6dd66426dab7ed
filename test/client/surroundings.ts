import { modelFacts } from "../../src/policy/catalogue-facts.ts";
import { effectiveAgent } from "../../src/client/agent.ts";
import { builtInAgents } from "../../src/client/built-in.ts";
import { effectiveMain } from "../../src/client/main.ts";
import type {
  AgentCall,
  AgentModel,
  ClientSettings,
  Effective,
  Session,
  Surroundings,
} from "../../src/client/types.ts";
import { KNOWN_VERSION } from "../../src/client/version.ts";

const facts = modelFacts();

/** One situation: what the session, the shell and the settings files say. */
export interface Situation extends Partial<Session> {
  version?: string;
  env?: Record<string, string>;
  local?: ClientSettings;
  project?: ClientSettings;
  user?: ClientSettings;
  /** The agent that the settings name for the main thread. */
  sessionAgent?: AgentModel;
}

function surroundings(situation: Situation): Surroundings {
  const { version = KNOWN_VERSION, env = {}, mode = "default", contextTokens = 0, model, effort } = situation;
  const layers = (["local", "project", "user"] as const).flatMap((level) => {
    const settings = situation[level];
    return settings ? [{ level, path: `${level}.json`, settings }] : [];
  });
  return { version, env, layers, session: { model, effort, mode, contextTokens } };
}

/** An agent out of `model` and `effort` as its front matter has them, or a built-in one by its name. */
function agent(front: string | { model?: string; effort?: string }, version = KNOWN_VERSION): AgentModel {
  if (typeof front !== "string")
    return { name: "helper", model: front.model, effort: front.effort, where: "helper.md" };
  const found = builtInAgents(version).find(({ name }) => name === front);
  if (!found) throw new Error(`no built-in agent ${front}`);
  return found;
}

/** `claude-opus-5-5 medium`, as the request has it. */
function wireOf({ model, effort }: Effective): string {
  return `${model} ${effort ?? "-"}`;
}

export function agentOnWire(
  front: string | { model?: string; effort?: string },
  situation: Situation,
  call: AgentCall = {},
): string {
  const found = agent(front, situation.version);
  return wireOf(effectiveAgent(found, call, surroundings(situation), facts, situation.sessionAgent));
}

export function fallbacksOf(situation: Situation): readonly string[] {
  return effectiveMain(surroundings(situation), facts, situation.sessionAgent).fallbacks;
}

export function mainOnWire(situation: Situation): string {
  return wireOf(effectiveMain(surroundings(situation), facts, situation.sessionAgent));
}
