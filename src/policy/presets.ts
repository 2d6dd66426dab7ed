import type { Preset } from "../domain/policy.ts";
import { BUILT_IN_ROLES } from "./roles.ts";
import type { WrittenPolicy } from "./written.ts";

/** What holds where neither the preset nor the user says anything. */
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
  roles: BUILT_IN_ROLES,
};

/** What each preset says differently from `DEFAULTS`. */
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
  // A subscription runs out rather than up: what counts is how much Opus is left at the end of the week.
  subscription: {
    main: { subagentModel: "haiku" },
    roles: {
      reviewer: { tier: "sonnet", effort: "high" },
      "security-reviewer": { tier: "opus", effort: "medium" },
      architect: { tier: "opus", effort: "medium" },
    },
  },
};
