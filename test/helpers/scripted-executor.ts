import { createAnthropicSender } from "../../src/executor/anthropic.ts";
import { type ExecutorPolicy, SONNET_TO_OPUS } from "../../src/executor/chain.ts";
import type { Executor, ExecutorOptions } from "../../src/executor/executor.ts";
import { GaveUpError } from "../../src/executor/run.ts";
import type { Sender } from "../../src/executor/sender.ts";
import { createExecutor } from "../../src/operations/executor.ts";
import type { AttemptLog } from "../../src/domain/attempt.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { openStore } from "../../src/store/open.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

export interface Scripted {
  executor: Executor;
  clock: VirtualClock;
  log: AttemptLog;
}

/** An executor with the real SDK against a scripted API, with time and chance in the test's hands. */
export function createScriptedExecutor(
  url: string,
  {
    policy = SONNET_TO_OPUS,
    ...options
  }: Partial<Omit<ExecutorOptions<Sender<"anthropic">>, "policy">> & {
    policy?: ExecutorPolicy;
  } = {},
): Scripted {
  const clock = createVirtualClock();
  const log = openAttemptLog(openStore(":memory:"));
  const sender = createAnthropicSender({ apiKey: "made-up", baseUrl: url });
  const executor = createExecutor({ clock, telemetry: log, random: () => 0.5, sender, policy, ...options });
  return { executor, clock, log };
}

/** The error of a run that has to give up. */
export async function failureOf(running: Promise<unknown>): Promise<GaveUpError> {
  const thrown = await running.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof GaveUpError) return thrown;
  throw new Error("the run did not give up", { cause: thrown });
}

/** Everything that comes. */
export async function gather<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}
