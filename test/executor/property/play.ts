import { getEventListeners } from "node:events";
import { createRandom, type Random } from "../../../bench/random.ts";
import type { Attempt, AttemptLog } from "../../../src/domain/attempt.ts";
import { createAnthropicSender } from "../../../src/executor/anthropic.ts";
import type { Chain, ExecutorPolicy } from "../../../src/executor/chain.ts";
import type { Executor } from "../../../src/executor/executor.ts";
import { GaveUpError, type Hop } from "../../../src/executor/run.ts";
import { createExecutor } from "../../../src/operations/executor.ts";
import { openAttemptLog } from "../../../src/store/attempts.ts";
import { openBreakers } from "../../../src/store/breakers.ts";
import { openStore } from "../../../src/store/open.ts";
import { type LoggedRequest, type ScriptedApi } from "../../helpers/scripted-api.ts";
import { createVirtualClock, type VirtualClock } from "../../helpers/virtual-clock.ts";
import { type ModelEnd, ExecutorModel, type ModelRules, type ModelStep } from "./model.ts";
import { makeTurn, replyOf, type Turn } from "./script.ts";

const CLAUDE: Readonly<Record<string, { id: string; rates: readonly [number, number] }>> = {
  haiku: { id: "claude-haiku-5-5", rates: [100, 500] },
  sonnet: { id: "claude-sonnet-5-5", rates: [2000, 10_000] },
  opus: { id: "claude-opus-5-5", rates: [4000, 20_000] },
  fable: { id: "claude-fable-5-2", rates: [8000, 40_000] },
};
const OTHER = {
  provider: "other",
  model: "m",
  contextTokens: 128_000,
  maxOutputTokens: 16_000,
  usdPerMillion: { input: 10, output: 30 },
} as const;

/** One executor, and the rules of its model. */
interface Setup {
  policy: ExecutorPolicy<"anthropic" | "other">;
  rules: ModelRules;
}

function makeSetup(random: Random): Setup {
  const tiers = Object.keys(CLAUDE).filter(() => random.chance(0.5)) as (
    | "haiku"
    | "sonnet"
    | "opus"
    | "fable"
  )[];
  if (tiers.length === 0) tiers.push("sonnet");
  const tries = () => (random.chance(0.3) ? { tries: random.between(1, 3) } : {});
  const chain: Chain<"anthropic" | "other">[number][] = tiers.map((model) => ({
    provider: "anthropic",
    model,
    ...tries(),
  }));
  if (random.chance(0.4)) chain.splice(random.between(0, chain.length), 0, { ...OTHER, ...tries() });
  const budget = random.pick(["none", "none", "none", "run", "day"]);
  const hardUsd = random.between(2, 30) / 100 + 0.0083;
  const common = {
    tries: random.between(1, 3),
    retries: random.between(0, 3),
    onRefusal: random.pick(["fallback", "fallback", "stop"] as const),
    person: random.chance(0.3),
  };
  const rules: ModelRules = {
    ...common,
    steps: chain.map(stepOf),
    bucket: random.pick([
      { ratio: 0.5, reserve: 20 },
      { ratio: 0.5, reserve: 2 },
    ]),
    breaker: {
      failures: random.between(2, 5),
      openMs: 5000,
      probeMs: 20_000,
      waitMs: random.pick([0, 4000, 30_000]),
    },
    baseDelayMs: 1000,
    maxDelayMs: 3000,
    maxRetryAfterMs: 60_000,
    attemptTimeoutMs: 10_000,
    totalTimeoutMs: 30_000,
    random: random.pick([0, 0.25, 0.5, 0.999]),
    hardRunUsd: budget === "run" ? hardUsd : undefined,
    hardDayUsd: budget === "day" ? hardUsd * 8 : undefined,
  };
  return { policy: { name: "p", chain: chain as never, ...common }, rules };
}

function stepOf(step: Chain<"anthropic" | "other">[number]): ModelStep {
  const { provider, model, tries } = step;
  const claude = CLAUDE[model];
  return {
    key: `${provider}/${claude?.id ?? model}`,
    provider,
    tier: claude && model,
    tries,
    contextTokens: claude ? 1_000_000 : OTHER.contextTokens,
    maxOutputTokens: claude ? 128_000 : OTHER.maxOutputTokens,
    rates: claude?.rates ?? [10_000, 30_000],
    usOnly: claude ? 1.1 : 1,
  };
}

/** One run that differs from the model. */
export interface Played {
  seed: string;
  expected: unknown;
  actual: unknown;
}

export interface Report {
  runs: number;
  attempts: number;
  ends: Record<string, number>;
  /** Runs whose budget decided so narrowly that the model cannot say how. */
  undecided: number;
  wrong: Played[];
  /** Listeners and timers that were left behind. */
  left: string[];
}

const RUNS_PER_EXECUTOR = 10;

/** Plays random runs with the real SDK against a scripted API, and compares each with the model. */
export async function playRuns(api: ScriptedApi, firstSeed: number, executors: number): Promise<Report> {
  const report: Report = { runs: 0, attempts: 0, ends: {}, undecided: 0, wrong: [], left: [] };
  for (let seed = firstSeed; seed < firstSeed + executors; seed++) await playExecutor(api, seed, report);
  return report;
}

async function playExecutor(api: ScriptedApi, seed: number, report: Report): Promise<void> {
  const random = createRandom(seed);
  const { policy, rules } = makeSetup(random);
  const clock = createVirtualClock();
  const store = openStore(":memory:");
  const log = openAttemptLog(store);
  let abortNextSleep: AbortController | undefined;
  const sender = createAnthropicSender({ apiKey: "made-up", baseUrl: api.url });
  const executor = createExecutor({
    policy,
    sender: [sender, { ...sender, provider: "other" }] as const,
    telemetry: log,
    breakers: openBreakers(store),
    breaker: rules.breaker,
    retry: {
      budget: rules.bucket,
      baseDelayMs: rules.baseDelayMs,
      maxDelayMs: rules.maxDelayMs,
      attemptTimeoutMs: rules.attemptTimeoutMs,
      totalTimeoutMs: rules.totalTimeoutMs,
    },
    budgets: {
      ...(rules.hardRunUsd !== undefined && { run: { hardUsd: rules.hardRunUsd } }),
      ...(rules.hardDayUsd !== undefined && { day: { hardUsd: rules.hardDayUsd } }),
    },
    clock: {
      ...clock,
      sleep: async (delayMs, signal) => {
        const sleeping = clock.sleep(delayMs, signal);
        abortNextSleep?.abort();
        await sleeping;
      },
    },
    random: () => rules.random,
  });
  const model = new ExecutorModel(rules, clock.now());
  for (let run = 0; run < RUNS_PER_EXECUTOR; run++) {
    const streamed = random.chance(0.5);
    const turns: Turn[] = [];
    const stop = new AbortController();
    api.requests.length = 0;
    api.setRules([
      {
        name: "turn",
        reply: () => {
          const turn = makeTurn(random, streamed);
          turns.push(turn);
          abortNextSleep = turn.abortsWait ? stop : undefined;
          if (turn.kind === "aborts") stop.abort();
          clock.advance(turn.latencyMs);
          return replyOf(turn);
        },
      },
    ]);
    const sleptBefore = clock.slept.length;
    const room = random.pick([1000, 1000, 2000]);
    const ended = await runOnce(executor, stop.signal, streamed, room);
    abortNextSleep = undefined;
    const expected = expectedOf(model, room, turns);
    const actual = {
      ...ended,
      slept: clock.slept.slice(sleptBefore),
      rooms: api.requests.map(({ body }) => body?.max_tokens),
      ...witnesses(api.requests, ended.attempts, log),
    };
    const { attempts } = ended;
    report.runs++;
    report.attempts += attempts.length;
    report.ends[ended.reason] = (report.ends[ended.reason] ?? 0) + 1;
    noteLeft(report, stop.signal, clock, `${seed}.${run}`);
    // What the prompt adds decides: neither this run nor what follows from it can be compared.
    if (model.closestUsd < 0.003) return void report.undecided++;
    const wanted = { ...expected, requests: true, tokens: true, recorded: true };
    if (JSON.stringify(plainOf(actual)) !== JSON.stringify(wanted)) {
      report.wrong.push({
        seed: `${seed}.${run}`,
        expected: { rules, turns, ...wanted },
        actual: plainOf(actual),
      });
      return;
    }
    if (clock.now() !== model.now) throw new Error(`${seed}.${run}: the clocks differ`);
  }
}

interface Ended {
  reason: string;
  attempts: readonly Attempt[];
  hops: readonly Hop[];
}

/** The check of every run. */
function validate(text: string): boolean {
  if (text.startsWith("throw")) throw new Error("a bug of the check");
  return !text.startsWith("bad");
}

async function runOnce(
  executor: Executor,
  signal: AbortSignal,
  streamed: boolean,
  maxTokens: number,
): Promise<Ended> {
  const request = { taskType: "t", prompt: "work", validate, signal, maxTokens };
  try {
    const running = streamed ? executor.stream(request).result : executor.run(request);
    const { attempts, fallbackChain } = await running;
    return { reason: "answered", attempts, hops: fallbackChain };
  } catch (thrown) {
    if (!(thrown instanceof GaveUpError)) throw thrown;
    return { reason: thrown.reason, attempts: thrown.attempts, hops: thrown.fallbackChain };
  }
}

function expectedOf(model: ExecutorModel, room: number, turns: readonly Turn[]): object {
  let used = 0;
  const next = (): Turn => turns[used++] ?? { kind: "good", latencyMs: 0, outputTokens: -1 };
  const { reason, attempts, slept, hops }: ModelEnd = model.run(room, next);
  return {
    reason,
    attempts: attempts.map(({ key, cause, delayMs, result, failure = "", input, output, costNano }) =>
      [key, cause, delayMs, result, failure, input, output, costNano].join(" "),
    ),
    rooms: attempts.map(({ room: tokens }) => tokens),
    hops,
    slept,
    unused: turns.length - used,
  };
}

function plainOf({
  reason,
  attempts,
  hops,
  slept,
  rooms,
  ...witnesses
}: Ended & { slept: number[]; rooms: unknown[] }): unknown {
  return {
    reason,
    attempts: attempts.map(({ provider, model, cause, delayMs, result, failure = "", usage, costNano }) =>
      [`${provider}/${model}`, cause, delayMs, result, failure, usage.input, usage.output, costNano].join(
        " ",
      ),
    ),
    rooms,
    hops: hops.map(({ from, cause, to }) => `${from} ${cause} ${to}`),
    slept,
    unused: 0,
    ...witnesses,
  };
}

/** The API's own log and the store's record say the same as the attempts. */
function witnesses(
  requests: readonly LoggedRequest[],
  attempts: readonly Attempt[],
  log: AttemptLog,
): { requests: boolean; tokens: boolean; recorded: boolean } {
  const tokens = attempts.every(({ usage, estimated, messageId }, index) => {
    const { message, finished } = requests[index]?.answered ?? {};
    if (messageId === undefined) return usage.input === 0 && usage.output === 0;
    const output = finished ? message?.usage.output_tokens : message?.startOutputTokens;
    return (
      message?.id === messageId && usage.input === 100 && (estimated ? !output : usage.output === output)
    );
  });
  const kept = attempts.map(({ reason: _text, ...rest }) => rest);
  const recorded = log.attempts().filter(({ run }) => run === attempts[0]?.run);
  return {
    requests:
      JSON.stringify(requests.map(({ model }) => model)) ===
      JSON.stringify(attempts.map(({ model }) => model)),
    tokens,
    recorded: JSON.stringify(sorted(recorded)) === JSON.stringify(sorted(kept)),
  };
}

function sorted(attempts: readonly object[]): unknown[] {
  return attempts.map((attempt) => Object.entries(attempt).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function noteLeft(report: Report, signal: AbortSignal, clock: VirtualClock, where: string): void {
  const listeners = getEventListeners(signal, "abort").length;
  if (listeners > 0) report.left.push(`${where}: ${listeners} listeners`);
  if (clock.pending() > 0) report.left.push(`${where}: ${clock.pending()} timers`);
}
