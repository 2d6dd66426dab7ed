import type { Telemetry } from "../../../src/domain/attempt.ts";
import type { Tier } from "../../../src/domain/model.ts";
import { type NanoUsd, toUsd } from "../../../src/domain/money.ts";
import { NO_USAGE } from "../../../src/domain/usage.ts";
import { createAnthropicSender } from "../../../src/executor/anthropic.ts";
import type { RunRequest } from "../../../src/executor/run.ts";
import { createCatalogue } from "../../../src/operations/executor.ts";
import type { Scenario } from "./scenarios.ts";
import type { Stage } from "./suite.ts";

/** Room for each answer in tokens: all of them are short. */
const ROOM = 1500;
/** A typical answer in tokens, thinking included. */
const TYPICAL = 500;

/** A scenario that real models can play. */
export type LiveScenario = Scenario & { live: RunRequest };

export function isLive(scenario: Scenario): scenario is LiveScenario {
  return scenario.live !== undefined;
}

/** What scenarios will cost in dollars. */
export interface Estimate {
  /** Each is answered where it should be, at a typical length. */
  usd: number;
  /** Each is answered twice, by Sonnet and by Opus, at full length. */
  mostUsd: number;
}

/** Estimates the cost of scenarios at today's prices. */
export function estimateLive(scenarios: readonly LiveScenario[], now: number): Estimate {
  const catalogue = createCatalogue();
  const price = (tier: Tier, { live }: LiveScenario, output: number): NanoUsd => {
    const prompt = "prompt" in live ? (live.prompt ?? "") : "";
    const usage = { ...NO_USAGE, input: Math.ceil(prompt.length / 3) + 50, output };
    return catalogue.price(catalogue.find(tier)?.id ?? tier, usage, { at: now }) ?? 0;
  };
  const sum = (cost: (scenario: LiveScenario) => NanoUsd): number =>
    toUsd(scenarios.reduce((total, scenario) => total + cost(scenario), 0));
  return {
    usd: sum((scenario) => price(scenario.endsOn, scenario, TYPICAL)),
    mostUsd: sum((scenario) => price("sonnet", scenario, ROOM) + price("opus", scenario, ROOM)),
  };
}

/** The stage of the user's own key, with a hard limit for everything that is played on it; undefined without a key. */
export function liveStage(env: NodeJS.ProcessEnv, maxUsd: number): Stage | undefined {
  const { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: baseUrl } = env;
  if (!apiKey) return undefined;
  return {
    sender: createAnthropicSender({ apiKey, ...(baseUrl && { baseUrl }) }),
    requestOf: ({ live, request }) => ({ ...(live ?? request), maxTokens: ROOM }),
    isScripted: false,
    limit: { maxUsd, telemetry: createTotal() },
  };
}

/** Everything counts, whatever the day: the suites may run across midnight. */
function createTotal(): Telemetry {
  let spent: NanoUsd = 0;
  return {
    record: ({ costNano = 0 }) => void (spent += costNano),
    spentSince: () => spent,
  };
}
