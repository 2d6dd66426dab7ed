import type { Attempt } from "../../src/domain/attempt.ts";
import { NO_USAGE } from "../../src/domain/usage.ts";

/** Makes up the attempt with this place in a run of a cascade. */
export const attemptOf = (index: number, fields: Partial<Attempt> = {}): Attempt => ({
  id: `a${index}`,
  run: "r",
  source: "cascade",
  taskType: "cascade",
  policy: "cascade",
  index,
  step: index,
  cause: index === 0 ? "first" : "escalation",
  provider: "anthropic",
  model: "claude-sonnet-5-5",
  streamed: true,
  at: Date.UTC(2026, 10, 21),
  delayMs: 0,
  latencyMs: 0,
  result: "accepted",
  usage: NO_USAGE,
  ...fields,
});
