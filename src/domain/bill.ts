import type { NanoUsd } from "./money.ts";
import type { Usage } from "./usage.ts";

/** Requests that every model prices alike, added up: enough to price them on another model. */
export interface Bill {
  /** Canonical id of the model that served. */
  model: string;
  /** UTC day as `2026-11-21`, since prices change with days. */
  day: string;
  /** Their prompts are longer than this many tokens and not longer than the next border of any model's long-prompt price. */
  promptAbove: number;
  /** Fast mode. */
  fast?: true;
  /** Inference in the US only. */
  usOnly?: true;
  /** Half price, as in batches. */
  batch?: true;
  /** Level of effort. */
  effort?: string;
  /** Number of requests. */
  requests: number;
  /** Their tokens and web searches. */
  usage: Usage;
  /** Absent when the model has no known price. */
  costNano?: NanoUsd;
}
