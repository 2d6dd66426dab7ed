import {
  createAnthropicSender,
  createExecutor,
  openAttemptLog,
  openBreakers,
  openStore,
  SONNET_TO_OPUS,
} from "../src/index.ts";

export const WAIT_MS = 20;
export const AT_ONCE = 50;

/** The executor of the soak, over a store that processes can share. */
export function createSoakExecutor(baseUrl: string, file: string) {
  const store = openStore(file);
  const log = openAttemptLog(store);
  const breakers = openBreakers(store);
  const executor = createExecutor({
    policy: SONNET_TO_OPUS,
    sender: createAnthropicSender({ apiKey: "made-up", baseUrl }),
    telemetry: log,
    breakers,
    breaker: { openMs: 1000 },
    retry: { retries: 12, baseDelayMs: WAIT_MS, maxDelayMs: WAIT_MS * 8 },
  });
  return { executor, log, breakers, store };
}

/** Does `count` pieces of work, `AT_ONCE` at a time, half of them streamed; returns how many failed. */
export async function runWork(
  executor: ReturnType<typeof createSoakExecutor>["executor"],
  count: number,
  name: string,
): Promise<number> {
  let [next, failed] = [0, 0];
  const worker = async (): Promise<void> => {
    while (next < count) {
      const number = next++;
      const request = { taskType: "soak", prompt: `${name} ${number}`, maxTokens: 1024 };
      await (number % 2 ? executor.stream(request).result : executor.run(request)).catch(() => failed++);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return failed;
}
