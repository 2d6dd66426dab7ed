import { type Effort, familyIn, isEffort, isFamily, nextTier, type Tier, tierRank } from "../domain/model.ts";
import { type Fields, optionalText } from "../transcripts/fields.ts";
import type { Failures } from "./session-notes.ts";
import type { AgentRoute, HookState } from "./state.ts";

/** The decision of a hook about one Agent call, with its reason. */
export interface RoutedCall {
  agent: string;
  /** Values that are added to the call; undefined leaves it alone. */
  put: { model?: string; effort?: Effort } | undefined;
  why: string;
}

/** The surroundings that decide beside the call and the state. */
export interface CallScene {
  env: NodeJS.ProcessEnv;
  /** Failed verifications of the task that the call belongs to. */
  failures: Failures;
  /** Returns the model that the session runs on; undefined if that is not known. */
  sessionModel: () => string | undefined;
  /** Returns the model and effort for a prompt. */
  routeByPrompt: (prompt: string, agent: string) => Pick<AgentRoute, "model" | "effort" | "why">;
}

/** Routes one Agent call. A model that the call, the agent's file or the user's environment names is never replaced. */
export function routeCall(input: Fields, state: HookState, scene: CallScene): RoutedCall {
  const agent = optionalText(input["subagent_type"]) ?? "general-purpose";
  const leave = (why: string): RoutedCall => ({ agent, put: undefined, why });
  const forced = whyForced(input, agent, scene.env);
  if (forced !== undefined) return leave(forced);
  const known = Object.hasOwn(state.agents, agent) ? state.agents[agent] : undefined;
  if (!known) return leave("the agent is not known: rolecall apply reads agents again");
  if (known.isNamed) return leave(known.why);
  const variable = scene.env["CLAUDE_CODE_SUBAGENT_MODEL"]?.trim() || null;
  if (
    variable !== null &&
    variable !== "inherit" &&
    variable !== state.subagentModel &&
    known.followsVariable
  )
    return leave(`CLAUDE_CODE_SUBAGENT_MODEL names ${variable}`);
  const route = known.byPrompt
    ? { ...known, ...scene.routeByPrompt(optionalText(input["prompt"]) ?? "", agent) }
    : known;
  return escalated(agent, route, state, scene) ?? put(agent, input, route, state);
}

/** Returns why the call is left alone whatever the policy says; undefined if it is not. */
function whyForced(input: Fields, agent: string, env: NodeJS.ProcessEnv): string | undefined {
  const model = input["model"];
  if (model !== undefined && model !== null && model !== "")
    return `the call names ${typeof model === "string" ? model : "a model"}`;
  if (agent === "fork") return "a fork shares the session's cache, which another model would lose";
  if (input["resume"] !== undefined) return "the call resumes an agent, which keeps its model";
  const force = env["CLAUDE_CODE_SUBAGENT_MODEL_FORCE"]?.trim().toLowerCase() ?? "";
  return ["1", "true", "yes", "on"].includes(force)
    ? "CLAUDE_CODE_SUBAGENT_MODEL_FORCE decides for all agents"
    : undefined;
}

/** Returns the call one tier up if verifications failed often enough on this agent's work; undefined otherwise. */
function escalated(
  agent: string,
  { escalation, model, tier, why, writes }: AgentRoute,
  state: HookState,
  { failures, sessionModel }: CallScene,
): RoutedCall | undefined {
  if (state.rules.escalate !== "perform" || failures.count < escalation.afterFailures) return undefined;
  // The main thread's own work failed: any agent that can change files takes it, a tier above the session.
  const isMains = failures.agent === "";
  if (isMains ? !writes : failures.agent !== agent) return undefined;
  const session = familyIn(sessionModel() ?? "");
  const from = isMains ? session : (model ?? tier ?? session);
  const to = from && tierAbove(from, escalation.upTo, state);
  if (!to) return undefined;
  return {
    agent,
    put: { model: to },
    why: `escalated from ${from}: ${failures.count} failed verifications in this task (${why})`,
  };
}

/** Returns the next tier that calls may name; undefined at the top. */
export function tierAbove(from: Tier, upTo: Tier, { aliases }: Pick<HookState, "aliases">): Tier | undefined {
  for (let tier = nextTier(from); tier && tierRank(tier) <= tierRank(upTo); tier = nextTier(tier))
    if (aliases.includes(tier)) return tier;
  return undefined;
}

function put(agent: string, input: Fields, route: AgentRoute, state: HookState): RoutedCall {
  const { model, effort, why } = route;
  const names = input["effort"] !== undefined;
  const putting = {
    ...(model !== undefined && isFamily(model) && state.aliases.includes(model) && { model }),
    ...(effort !== undefined && isEffort(effort) && state.takesEffort && !names && { effort }),
  };
  return { agent, put: Object.keys(putting).length > 0 ? putting : undefined, why };
}
