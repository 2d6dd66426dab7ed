import type { NanoUsd } from "./money.ts";

/** Causes of a model switch in a thread; docs/definitions.md, Fallback and escalation. */
export const SWITCH_CAUSES = [
  "availability",
  "refusal",
  "consent",
  "plan-mode",
  "command",
  "resume",
  "unexplained",
] as const;
/** The reason for a change of model. */
export type SwitchCause = (typeof SWITCH_CAUSES)[number];

/** One change of model in a thread, or one fallback that its transcript states. */
export interface Switch {
  /** ms since the epoch. */
  at: number;
  /** ID of the session. */
  session: string;
  /** `main`, or the agent id. */
  thread: string;
  /** Path of the transcript. */
  file: string;
  /** Of the entry that states it, else of the first request on the new model. */
  line: number;
  /** Cause of the switch. */
  cause: SwitchCause;
  /** Canonical ids where they are known. */
  from: string;
  /** The model after the change. */
  to: string;
  /** Trigger, as exactly as the transcript shows: `overloaded`, `/model`, `plan approved` … */
  trigger: string;
  /** Tokens of context that were paid for again because the new model had none of it in its cache. */
  rewrittenTokens: number;
  /** Cost beyond reading them from the cache. */
  costNano: NanoUsd;
  /** Of a fallback that an entry states: the same in every copy of that. */
  entry?: number;
}
