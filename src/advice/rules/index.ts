import { higherEffort } from "./higher-effort.ts";
import { higherTier } from "./higher-tier.ts";
import { lowerEffort } from "./lower-effort.ts";
import { lowerTier } from "./lower-tier.ts";
import { newerModel } from "./newer-model.ts";
import type { Rule } from "./rule.ts";

/** Every rule, in the order in which equal findings are shown. */
export const RULES: readonly Rule[] = [lowerEffort, lowerTier, newerModel, higherEffort, higherTier];
