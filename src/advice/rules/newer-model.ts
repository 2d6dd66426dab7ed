import { tierStep } from "../candidates.ts";
import { moveRule } from "./move-rule.ts";

/** A later model of the same tier: published as no weaker, and often cheaper. */
export const newerModel = moveRule(
  "newer-model",
  (now, candidate, context) => candidate.model !== now.model && tierStep(now, candidate, context) === 0,
);
