import { effortStep } from "../candidates.ts";
import { moveRule } from "./move-rule.ts";

export const lowerEffort = moveRule(
  "lower-effort",
  (now, candidate, context) => candidate.model === now.model && effortStep(now, candidate, context) === -1,
);
