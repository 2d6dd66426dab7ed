import { createAnthropicSender } from "../../src/executor/anthropic.ts";
import { SONNET_TO_OPUS } from "../../src/executor/chain.ts";
import { createExecutor } from "../../src/operations/executor.ts";
import { openBreakers } from "../../src/store/breakers.ts";
import { openStore } from "../../src/store/open.ts";

// A process of its own that works, ten runs at a time, until Sonnet answers again after it was gone.
const [file = "", baseUrl = "", openMs = "0"] = process.argv.slice(2);
const store = openStore(file);
const executor = createExecutor({
  sender: createAnthropicSender({ apiKey: "key", baseUrl }),
  policy: SONNET_TO_OPUS,
  breakers: openBreakers(store),
  breaker: { openMs: Number(openMs) },
  retry: { retries: 0 },
});
const models: string[] = [];
const isBack = (): boolean =>
  models.includes("opus") && models.slice(-20).every((model) => model === "sonnet");
await Promise.all(
  Array.from({ length: 10 }, async () => {
    while (!isBack()) {
      const { model } = await executor.run({ taskType: "t", prompt: String(process.pid) });
      models.push(model.includes("sonnet") ? "sonnet" : "opus");
    }
  }),
);
store.close();
process.stdout.write(JSON.stringify(models));
