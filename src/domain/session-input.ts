import type { Event } from "./event.ts";
import type { NanoUsd } from "./money.ts";
import type { Usage } from "./usage.ts";

/** One request as the store has it. */
export interface RequestRow {
  /** ms since the epoch, of its first entry. */
  at: number;
  /** Of its first entry in the file. */
  line: number;
  /** Canonical id of the model that served. */
  model: string;
  /** The model asked for, as spelled there; absent where the entry does not say. */
  requested?: string;
  effort?: string;
  stop?: string;
  usage: Usage;
  /** Absent where the model has no known price. */
  costNano?: NanoUsd;
  fast?: true;
  usOnly?: true;
  batch?: true;
  /** Its output is a lower bound: the stream was cut. */
  cut?: true;
  /** It belongs to another transcript: here it only shows what came before. */
  copied?: true;
  /** Not a request of its own, but what was billed with one at another model (advisor, declined attempt). */
  part?: true;
}

/** One transcript: the main thread of a session or one agent run. */
export interface ThreadInput {
  file: string;
  /** Agent runs only. */
  agentId?: string;
  agentType?: string;
  /** The tool call that started it. */
  toolUseId?: string;
  parentAgentId?: string;
  /** Model that the caller asked for, as the meta file beside it states. */
  askedModel?: string;
  /** In order of lines. */
  requests: readonly RequestRow[];
  /** In order of lines. */
  events: readonly Event[];
}

/** Everything under one session id. */
export interface SessionInput {
  session: string;
  project: string;
  threads: readonly ThreadInput[];
}
