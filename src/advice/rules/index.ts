import { batch } from "./batch.ts";
import { budget } from "./budget.ts";
import { cacheLifetime } from "./cache-lifetime.ts";
import { directToOpus } from "./direct-to-opus.ts";
import { escalationThreshold } from "./escalation-threshold.ts";
import { fallbackChain } from "./fallback-chain.ts";
import { freshSession } from "./fresh-session.ts";
import { haikuReview } from "./haiku-review.ts";
import { higherEffort } from "./higher-effort.ts";
import { higherTier } from "./higher-tier.ts";
import { longContext } from "./long-context.ts";
import { lowerEffort } from "./lower-effort.ts";
import { lowerTier } from "./lower-tier.ts";
import { newerModel } from "./newer-model.ts";
import { opusplan } from "./opusplan.ts";
import { pinInherited } from "./pin-inherited.ts";
import type { AdviceRule } from "./rule.ts";
import { splitRole } from "./split-role.ts";

/** Every rule. Where two are worth the same, the earlier one is shown: effort comes before another model. */
export const RULES: readonly AdviceRule[] = [
  lowerEffort,
  newerModel,
  lowerTier,
  haikuReview,
  pinInherited,
  opusplan,
  splitRole,
  higherEffort,
  higherTier,
  directToOpus,
  escalationThreshold,
  fallbackChain,
  freshSession,
  cacheLifetime,
  longContext,
  batch,
  budget,
];
