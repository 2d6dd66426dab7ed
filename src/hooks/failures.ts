import { familyIn } from "../domain/model.ts";
import type { HookInput } from "./input.ts";
import { tierAbove } from "./route-call.ts";
import type { Failures } from "./session-notes.ts";
import type { HookState, Ladder } from "./state.ts";

/** The reaction to a failed verification: one line for the log, and a sentence for the agent that ran it. */
export interface FailureAdvice {
  decision: string;
  why: string;
  text?: string;
}

/** Says what follows from another failed verification. Speaks up when the policy's number of failures is reached, not each time. */
export function adviseOnFailure(
  failures: Failures,
  { agent }: Pick<HookInput, "agent">,
  state: HookState,
  sessionModel: () => string | undefined,
): FailureAdvice {
  const route = Object.hasOwn(state.agents, failures.agent) ? state.agents[failures.agent] : undefined;
  const { afterFailures, upTo }: Ladder = route?.escalation ?? state.escalation;
  const { escalate } = state.rules;
  const decision = `failed ${failures.count} of ${afterFailures}`;
  if (escalate === "off") return { decision, why: "the policy says hooks.escalate: off" };
  if (failures.count % afterFailures !== 0) return { decision, why: "not often enough to go up a tier" };
  const from = route?.model ?? route?.tier ?? familyIn(sessionModel() ?? "");
  const times = failures.count === 1 ? "once" : `${failures.count} times`;
  const failed = `rolecall: a verification failed ${times} in this task.`;
  if (!from) return { decision, why: "the model of the work is not known" };
  const to = route?.isNamed ? undefined : tierAbove(from, upTo, state);
  if (!to) {
    const why = route?.isNamed ? route.why : `${upTo} is the policy's highest tier`;
    return { decision, why, text: `${failed} It does not go up a tier (${why}): report what failed.` };
  }
  const who = failures.agent === "" ? "an agent" : failures.agent;
  const next =
    escalate === "perform"
      ? `The next call of ${who} runs on ${to}.`
      : `The policy escalates now: call ${who} with model ${to}.`;
  const how = agent === undefined ? "Give the failing part to it" : "Report what failed to your caller";
  return { decision, why: `the next tier is ${to} (${escalate})`, text: `${failed} ${next} ${how}.` };
}
