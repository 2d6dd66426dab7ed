import type { Finding } from "../../domain/finding.ts";
import { circularFixing } from "./circular-fixing.ts";
import { coldCache } from "./cold-cache.ts";
import { contextBloat } from "./context-bloat.ts";
import { everyoneNeedsOpus } from "./everyone-needs-opus.ts";
import { forcedAgentModel } from "./forced-agent-model.ts";
import { haikuSpeedTrap } from "./haiku-speed-trap.ts";
import { inheritedAgents } from "./inherited-agents.ts";
import { longPromptPremium } from "./long-prompt-premium.ts";
import { midConversationSwitch } from "./mid-conversation-switch.ts";
import { opusHammer } from "./opus-hammer.ts";
import type { PatternInput, PatternRule } from "./pattern.ts";
import { reDelegation } from "./re-delegation.ts";
import { refusalLoop } from "./refusal-loop.ts";
import { retryStorm } from "./retry-storm.ts";
import { thinkingExplosion } from "./thinking-explosion.ts";

/** Every rule; a new one is a file of its own, a line here and a page in docs/patterns. */
const RULES: readonly PatternRule[] = [
  opusHammer,
  haikuSpeedTrap,
  midConversationSwitch,
  thinkingExplosion,
  everyoneNeedsOpus,
  circularFixing,
  inheritedAgents,
  coldCache,
  contextBloat,
  retryStorm,
  refusalLoop,
  reDelegation,
  longPromptPremium,
  forcedAgentModel,
];

/** The patterns found, the dearest first. */
export function findPatterns(input: PatternInput): Finding[] {
  return RULES.map((rule) => rule(input))
    .filter((finding) => finding !== undefined)
    .sort((a, b) => b.costNano - a.costNano || b.times - a.times);
}
