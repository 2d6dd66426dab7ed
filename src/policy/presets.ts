import type { Preset } from "../domain/policy.ts";
import { BUILT_IN_ROLES } from "./roles.ts";
import type { WrittenPolicy } from "./written.ts";

/** Values for everything that neither the user nor the preset sets. */
export const DEFAULTS: WrittenPolicy = {
  preset: "balanced",
  tolerance: 3,
  main: {
    model: "opusplan",
    fallbackModel: ["sonnet", "haiku"],
    subagentModel: "sonnet",
    cache: { main: "auto", agents: "auto" },
  },
  escalation: { afterFailures: 2, upTo: "opus", handToPerson: true, redFlags: false },
  hooks: { escalate: "perform", modelSwitch: "tell", unknownAgents: "leave", promptTier: "off" },
  roles: BUILT_IN_ROLES,
};

/** Differences of each preset from `DEFAULTS`. */
export const PRESET_LAYERS: Readonly<Record<Preset, WrittenPolicy>> = {
  balanced: {},
  frugal: {
    main: { model: "sonnet", fallbackModel: ["haiku"], subagentModel: "haiku" },
    roles: {
      planner: { tier: "sonnet", effort: "high" },
      reviewer: { tier: "haiku", effort: "high" },
      "test-writer": { tier: "haiku", effort: "medium" },
      "security-reviewer": { tier: "opus", effort: "medium" },
      architect: { tier: "opus", effort: "medium" },
    },
  },
  quality: {
    tolerance: 1,
    main: { model: "opus", fallbackModel: ["sonnet"], subagentModel: "inherit" },
    escalation: { afterFailures: 1, upTo: "opus" },
    roles: {
      planner: { tier: "opus", effort: "high" },
      implementer: { tier: "opus", effort: "medium" },
      reviewer: { tier: "opus", effort: "high" },
      "test-writer": { tier: "sonnet", effort: "high" },
      debugger: { tier: "opus", effort: "high" },
      "security-reviewer": { tier: "opus", effort: "xhigh" },
      architect: { tier: "opus", effort: "xhigh" },
    },
  },
  // A subscription has weekly limits, so this preset saves Opus tokens rather than dollars.
  subscription: {
    main: { subagentModel: "haiku" },
    roles: {
      reviewer: { tier: "sonnet", effort: "high" },
      "security-reviewer": { tier: "opus", effort: "medium" },
      architect: { tier: "opus", effort: "medium" },
    },
  },
};
