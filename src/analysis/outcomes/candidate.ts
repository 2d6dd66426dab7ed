import type { Tier } from "../../domain/model.ts";
import type { Draft } from "./drafts.ts";
import type { RequestRow } from "../../domain/session-input.ts";
import { reportOf } from "./agents.ts";
import type { CheckRun, Work } from "./work.ts";

/** A task with everything around it that its outcome may rest on. */
export interface Candidate {
  draft: Draft;
  kind: "turn" | "agent-run";
  /** Turns: number from 0 within the session. */
  index?: number;
  work: Work;
  startTier?: Tier;
  finalTier?: Tier;
  startedAt: number;
  endedAt: number;
  /** The agent runs that it started, at any depth. */
  runs: readonly Candidate[];
  /** Agent runs: the task that started it. */
  parent?: Candidate;
  /** Turns: the later one that the user typed in its place, after rewinding the conversation. */
  rewoundBy?: Candidate;
  /** Turns: the one before on the same thread. */
  previous?: Candidate;
  /** Turns: the next on the same thread. Agent runs: the turn after the one they belong to. */
  next?: Candidate;
  /** Reason why the model is another one when `next` starts; absent if it is the same. */
  nextCause?: string;
  /** Agent runs that were started after this one had ended, in the same session. */
  laterRuns: readonly Candidate[];
  /** Agent runs: what the parent's tool call came to. */
  call?: { line: number; file: string; ok: boolean; denied?: "user" | "config"; status?: string };
  /** Another session began with /clear in the same process after it. */
  cleared?: { file: string; line: number };
}

export function lastRequest({ draft }: Candidate): RequestRow | undefined {
  return draft.requests.at(-1);
}

/** Returns whether an agent run is known only from its call and the call's result. */
export function isUnseen({ draft }: Candidate): boolean {
  return reportOf(draft.thread) !== undefined && draft.requests.length === 0;
}

/** Runs of verifications in the agents that it started. */
export function checksOfRuns({ runs }: Candidate): CheckRun[] {
  return runs.flatMap(({ work }) => work.checks);
}
