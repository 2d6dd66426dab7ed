import { type AttemptSummary, summarizeAttempts } from "../../../src/analysis/fallbacks/attempts.ts";
import type { Attempt, Telemetry } from "../../../src/domain/attempt.ts";
import { displayName } from "../../../src/domain/model-name.ts";
import { type NanoUsd, toUsd } from "../../../src/domain/money.ts";
import { createAnthropicSender } from "../../../src/executor/anthropic.ts";
import { SONNET_TO_OPUS } from "../../../src/executor/chain.ts";
import { GaveUpError, type RunRequest, sumCost } from "../../../src/executor/run.ts";
import type { Sender } from "../../../src/executor/sender.ts";
import { createModelTable } from "../../../src/models/resolve.ts";
import { createExecutor } from "../../../src/operations/executor.ts";
import { formatShare } from "../../../src/render/numbers.ts";
import { startScriptedApi } from "../../helpers/scripted-api.ts";
import type { Scenario } from "./scenarios.ts";

interface Played {
  scenario: Scenario;
  /** Why it did not pass; undefined if it did. */
  wrong?: string;
  attempts: readonly Attempt[];
}

export interface SuiteReport {
  played: Played[];
  summary: AttemptSummary;
}

/** Where scenarios are played. */
export interface Stage {
  sender: Sender<"anthropic">;
  /** What is asked for a scenario, after the stage is set for it. */
  requestOf: (scenario: Scenario) => RunRequest;
  /** Whether a scenario has to end on its tier: real models may do better or worse. */
  isScripted: boolean;
  /** Hard limit of all scenarios together, and what has been spent of it. */
  limit?: { maxUsd: number; telemetry: Telemetry };
}

/** Plays scenarios with the real SDK against a scripted API. */
export async function playSuite(scenarios: readonly Scenario[]): Promise<SuiteReport> {
  const api = await startScriptedApi();
  try {
    return await playOn(scenarios, {
      sender: createAnthropicSender({ apiKey: "made-up", baseUrl: api.url }),
      requestOf({ answers, request }) {
        api.setRules(answers);
        return request;
      },
      isScripted: true,
    });
  } finally {
    await api.stop();
  }
}

/** Plays scenarios one after the other, each with an executor of its own. */
export async function playOn(scenarios: readonly Scenario[], stage: Stage): Promise<SuiteReport> {
  const played: Played[] = [];
  for (const scenario of scenarios) played.push(await play(scenario, stage));
  const attempts = played.flatMap((each) => each.attempts);
  return { played, summary: summarizeAttempts(attempts, createModelTable()) };
}

async function play(scenario: Scenario, { sender, requestOf, isScripted, limit }: Stage): Promise<Played> {
  const executor = createExecutor({
    policy: SONNET_TO_OPUS,
    sender,
    ...(limit && { telemetry: limit.telemetry, budgets: { day: { hardUsd: limit.maxUsd } } }),
  });
  const ended = await executor.run(requestOf(scenario)).catch((thrown: unknown) => {
    if (thrown instanceof GaveUpError) return thrown;
    throw thrown;
  });
  const { attempts } = ended;
  const tier = attempts.at(-1)?.tier;
  if (ended instanceof GaveUpError) return { scenario, attempts, wrong: ended.message };
  if (isScripted && tier !== scenario.endsOn) return { scenario, attempts, wrong: `ended on ${tier}` };
  return { scenario, attempts };
}

/** Renders the suite for people: each scenario, then the four numbers. */
export function renderSuite(name: string, { played, summary }: SuiteReport): string {
  const passed = played.filter(({ wrong }) => wrong === undefined).length;
  const ends = played.map(({ attempts }) => attempts.at(-1)?.tier);
  const share = (count: number): string => `${count} (${formatShare(count / played.length, 0)})`;
  const models = ["sonnet", "opus"].map(
    (tier) => `${tier} ${share(ends.filter((end) => end === tier).length)}`,
  );
  const sonnet = summary.tiers.find(({ tier }) => tier === "sonnet");
  const fallbacks = `${sonnet?.escalated ?? 0} of ${sonnet?.started ?? 0} runs that began on Sonnet`;
  const { actualNano, alwaysOpusNano } = summary;
  return [
    `The ${name} suite: ${played.length} scenarios`,
    "",
    ...played.map(renderPlayed),
    "",
    `Success rate    ${share(passed)}`,
    `Ended on        ${models.join(", ")}`,
    `Fallback rate   ${formatShare(sonnet?.escalationRate.value ?? 0)} (${fallbacks})`,
    `Cost            ${dollars(actualNano)}, all on Opus ${dollars(alwaysOpusNano)}: ${savedShare(actualNano, alwaysOpusNano)} saved`,
    "",
  ].join("\n");
}

function renderPlayed({ scenario, wrong, attempts }: Played): string {
  const model = displayName(attempts.at(-1)?.model ?? "");
  const tries = `${attempts.length} ${attempts.length === 1 ? "attempt" : "attempts"}`;
  const cost = dollars(sumCost(attempts));
  const line = `${scenario.name.padEnd(34)} ${model.padEnd(11)} ${tries.padEnd(11)} ${cost}`;
  return wrong === undefined ? `  ✓ ${line}` : `  ✗ ${line}  ${wrong}`;
}

/** Single answers cost fractions of a cent. */
function dollars(nano: NanoUsd): string {
  return `$${toUsd(nano).toFixed(4)}`;
}

function savedShare(actual: NanoUsd, opus: NanoUsd): string {
  return opus === 0 ? "nothing" : formatShare((opus - actual) / opus, 0);
}
