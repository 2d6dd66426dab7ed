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
  "opus-hammer": {
    find: opusHammer,
    title: "Opus hammer",
    what: "Small mechanical work ran on Opus or above.",
  },
  "haiku-speed-trap": {
    find: haikuSpeedTrap,
    title: "Haiku speed trap",
    what: "Long work on Haiku had to be done again.",
  },
  "mid-conversation-switch": {
    find: midConversationSwitch,
    title: "Mid-conversation switch",
    what: "A model that joins a conversation pays for its whole context again.",
  },
  "thinking-explosion": {
    find: thinkingExplosion,
    title: "Thinking explosion",
    what: "Simple work ran at high effort, or nearly all of its output was thinking.",
  },
  "everyone-needs-opus": {
    find: everyoneNeedsOpus,
    title: "Everyone needs Opus",
    what: "Nearly all work ran on Opus, and little of it was reasoning.",
  },
  "circular-fixing": {
    find: circularFixing,
    title: "Circular fixing",
    what: "Edits were reverted, or the same check failed again with nothing new tried.",
  },
  "inherited-agents": {
    find: inheritedAgents,
    title: "Inherited expensive agents",
    what: "Agents that look things up ran on the expensive model of the main thread.",
  },
  "cold-cache": {
    find: coldCache,
    title: "Cold cache",
    what: "Context was written to the cache again after a pause, or written and never read.",
  },
  "context-bloat": {
    find: contextBloat,
    title: "Context bloat",
    what: "Small turns ran in conversations with a huge context.",
  },
  "retry-storm": { find: retryStorm, title: "Retry storm", what: "One task needed many retries." },
  "refusal-loop": {
    find: refusalLoop,
    title: "Refusal loop",
    what: "The same request was refused again and again.",
  },
  "re-delegation": {
    find: reDelegation,
    title: "Re-delegation",
    what: "The work of agent runs was given to other agents again.",
  },
  "long-prompt-premium": {
    find: longPromptPremium,
    title: "Long-prompt premium",
    what: "Prompts were longer than the limit above which a model costs more.",
  },
  "forced-agent-model": {
    find: forcedAgentModel,
    title: "Forced agent model",
    what: "Agents ran on another model family than requested.",
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
