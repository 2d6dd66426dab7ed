import type { NanoUsd } from "./money.ts";
import type { Usage } from "./usage.ts";

/** What many requests of one price consumed together: enough to price them again on another model. */
export interface Bill {
  /** Canonical id of the model that served. */
  model: string;
  /** UTC day as `2026-11-21`, since prices change with days. */
  day: string;
  /** Their prompts were longer than 100,000 tokens: the long-prompt tier of some models. */
  long: boolean;
  fast?: true;
  usOnly?: true;
  batch?: true;
  effort?: string;
  requests: number;
  usage: Usage;
  /** Absent where the model has no known price. */
  costNano?: NanoUsd;
}
