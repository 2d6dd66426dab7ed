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

/**
 * Every pattern: habits that waste money or work. A new one is a file of its own, an entry here, a page in docs/patterns that
 * has its name, and a case in its test.
 */
export const PATTERNS = {
  "opus-hammer": { find: opusHammer, title: "Opus hammer", what: "small mechanical work on Opus or above" },
  "haiku-speed-trap": {
    find: haikuSpeedTrap,
    title: "Haiku speed trap",
    what: "long code or long work on Haiku that had to be done again",
  },
  "mid-conversation-switch": {
    find: midConversationSwitch,
    title: "Mid-conversation switch",
    what: "a new model in the middle pays for the whole context again",
  },
  "thinking-explosion": {
    find: thinkingExplosion,
    title: "Thinking explosion",
    what: "high effort or nearly all thinking on shallow work",
  },
  "everyone-needs-opus": {
    find: everyoneNeedsOpus,
    title: "Everyone needs Opus",
    what: "nearly all work on Opus, little of it reasoning",
  },
  "circular-fixing": {
    find: circularFixing,
    title: "Circular fixing",
    what: "edits reverted, the same check failing with nothing new tried",
  },
  "inherited-agents": {
    find: inheritedAgents,
    title: "Inherited expensive agents",
    what: "agents for look-ups on the main thread's expensive model",
  },
  "cold-cache": {
    find: coldCache,
    title: "Cold cache",
    what: "context written to the cache again after a pause, or written and never read",
  },
  "context-bloat": {
    find: contextBloat,
    title: "Context bloat",
    what: "small turns in conversations with a huge context",
  },
  "retry-storm": { find: retryStorm, title: "Retry storm", what: "many retries in one task" },
  "refusal-loop": {
    find: refusalLoop,
    title: "Refusal loop",
    what: "the same request refused again and again",
  },
  "re-delegation": {
    find: reDelegation,
    title: "Re-delegation",
    what: "agent runs whose work was given out again",
  },
  "long-prompt-premium": {
    find: longPromptPremium,
    title: "Long-prompt premium",
    what: "prompts beyond a model's long-prompt price border",
  },
  "forced-agent-model": {
    find: forcedAgentModel,
    title: "Forced agent model",
    what: "agents that ran on another model family than requested",
  },
} satisfies Record<string, { find: PatternRule; title: string; what: string }>;
export type PatternKind = keyof typeof PATTERNS;

/** Finds the patterns in some tasks and lists them, the most expensive first. */
export function findPatterns(input: PatternInput): Finding[] {
  return Object.entries(PATTERNS)
    .flatMap(([kind, { find, ...texts }]) => {
      const found = find(input);
      return found ? [{ kind, ...texts, ...found }] : [];
    })
    .sort((a, b) => b.costNano - a.costNano || b.times - a.times);
}
