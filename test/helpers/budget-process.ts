import { createAnthropicSender } from "../../src/executor/anthropic.ts";
import { SAME_MODEL } from "../../src/executor/chain.ts";
import { createExecutor } from "../../src/operations/executor.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { openStore } from "../../src/store/open.ts";

// A process of its own that sends requests as long as the day's budget allows one, several at the same time.
const [file = "", baseUrl = "", hardUsd = "0"] = process.argv.slice(2);
const store = openStore(file);
const executor = createExecutor({
  sender: createAnthropicSender({ apiKey: "key", baseUrl }),
  policy: { ...SAME_MODEL, tries: 1 },
  telemetry: openAttemptLog(store),
  budgets: { day: { hardUsd: Number(hardUsd) } },
});
const ends = await Promise.all(
  Array.from({ length: 4 }, async () => {
    for (let sent = 0; ; sent++)
      try {
        await executor.stream({ taskType: "t", prompt: "p", maxTokens: 1000 }).result;
      } catch (thrown) {
        return { sent, reason: (thrown as { reason?: string }).reason };
      }
  }),
);
store.close();
process.stdout.write(JSON.stringify(ends));
