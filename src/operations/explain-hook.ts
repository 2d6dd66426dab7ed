import { isOwnAgentHook } from "../agents/edit-hooks.ts";
import { hasKnownHook } from "../client/hooks.ts";
import type { Setup } from "../client/setup.ts";
import type { AgentCall } from "../client/types.ts";
import { locateHooks } from "../hooks/places.ts";
import { routeCall } from "../hooks/route-call.ts";
import { readState } from "../hooks/state.ts";
import { areHooksOff } from "./hook.ts";

/** A call as rolecall's own hook leaves it, and what it did. */
export interface HookedCall {
  call: AgentCall;
  notes: readonly string[];
}

/** Returns the call of an agent as it is after rolecall's hook, if that is installed. A route by the prompt needs the prompt, and is left out. */
export function hookedCall(agent: string, call: AgentCall, setup: Setup): HookedCall {
  const { env, places } = setup;
  const isInstalled = !areHooksOff(env) && hasKnownHook(setup, isOwnAgentHook);
  const state = isInstalled ? readState(locateHooks(env), [places.cwd], env) : undefined;
  if (!state) return { call, notes: [] };
  const { model, effort } = call;
  const input = {
    subagent_type: agent,
    ...(model !== undefined && { model }),
    ...(effort !== undefined && { effort }),
  };
  const { put, why } = routeCall(input, state, {
    env,
    failures: { count: 0, agent: "" },
    sessionModel: () => undefined,
    routeByPrompt: () => ({ why: "the words of the prompt decide" }),
  });
  const what = put ? `puts ${Object.values(put).join(" ")} into the call` : "leaves the call alone";
  return { call: { ...call, ...put }, notes: [`rolecall's hook ${what}: ${why}.`] };
}
