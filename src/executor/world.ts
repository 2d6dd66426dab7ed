import type { Attempt, Telemetry } from "../domain/attempt.ts";
import type { Tier } from "../domain/model.ts";
import type { NanoUsd } from "../domain/money.ts";
import type { RetryBudget, RetryRules } from "./backoff.ts";
import type { Breaker } from "./breaker.ts";
import type { Budgets, DayTotal } from "./budget.ts";
import type { Catalogue } from "./catalogue.ts";
import type { Clock } from "./clock.ts";
import type { PromptLength } from "./length.ts";
import type { Hop, RunEvent, RunRequest } from "./run.ts";
import type { Sender } from "./sender.ts";
import type { Wish } from "./shape.ts";
import type { Signatures } from "./signatures.ts";
import type { ResolvedStep } from "./steps.ts";
import type { Validator } from "./validate.ts";

/** A policy with what is known of its models. */
export interface ResolvedPolicy {
  name: string;
  phases: readonly { role: PhaseRole; steps: readonly ResolvedStep[] }[];
  routes: Readonly<Record<string, Tier>>;
  tries: number;
  onRefusal: "fallback" | "stop";
  person: boolean;
  redFlags: boolean;
}

type PhaseRole = "architect" | "answer";

/** Everything that the runs of one executor share. */
export interface ExecutorWorld {
  policy: ResolvedPolicy;
  senders: ReadonlyMap<string, Sender>;
  catalogue: Catalogue;
  telemetry: Telemetry;
  breaker: Breaker;
  breakerWaitMs: number;
  clock: Clock;
  random: () => number;
  newId: () => string;
  retry: RetryRules;
  retryBudget: RetryBudget;
  budgets: Budgets;
  maxTokens: number;
  signatures: Signatures;
  /** The most that attempts on their way may cost. */
  inFlight: { nano: NanoUsd };
  /** Money that budgets count and telemetry does not hold. */
  offRecord: DayTotal;
}

/** Returns whether the record itself holds money back for the day's hard limit, in all processes that share it. */
export function sharesBudget({ telemetry, budgets }: ExecutorWorld): boolean {
  return telemetry.hold !== undefined && budgets.day?.hardUsd !== undefined;
}

/** One run while it lasts. */
export interface ActiveRun {
  id: string;
  request: RunRequest;
  /** Its beginning and its deadline, by `elapsed`. */
  startedAt: number;
  endsAt: number;
  /** The caller's. */
  signal: AbortSignal;
  streamed: boolean;
  emit: (event: RunEvent) => void;
  attempts: Attempt[];
  hops: Hop[];
  notes: Set<string>;
  length: PromptLength;
  /** Providers whose account or address does not work. */
  ended: readonly string[];
  /** Possible cost of answers that broke off, beyond the usage that their backend reported. */
  unseenNano: NanoUsd;
}

/** The way to one answer: a run has one, or one for the architect and one for the editor. */
export interface Phase {
  role: PhaseRole;
  wish: Wish;
  validator: Validator | undefined;
  /** Key of the model that was asked last; at first, of the one that the phase begins with. */
  at: string | undefined;
  /** The model that signed the thinking of the conversation, as far as nobody knows better. */
  signer: string | undefined;
  /** Answers that did not pass, without their white space. */
  turnedDown: Set<string>;
  /** The last of them. */
  complaint?: { model: string; text: string; reason: string };
}

/** State that runs of one task share: none goes below the tier that an earlier one reached. */
export interface TaskState {
  floor?: Tier;
}
