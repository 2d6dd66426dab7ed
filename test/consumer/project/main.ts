import { homedir } from "node:os";
import {
  type Attempt,
  createExecutor,
  explain,
  loadPolicy,
  openAttemptLog,
  openBreakers,
  openHistory,
  openStore,
  RolecallError,
  roleOf,
  type Sender,
  SONNET_TO_OPUS,
  spend,
  type Store,
} from "rolecall";

// A program as users of the library write it: it compiles under the strictest settings, and prints what it got.

const sender: Sender<"anthropic", string> = {
  provider: "anthropic",
  send: ({ model }) =>
    Promise.resolve({
      id: "msg_1",
      model,
      text: "Four.",
      stopReason: "end",
      message: "Four.",
      usage: {
        input: 1000,
        output: 100,
        thinking: 0,
        cacheRead: 0,
        cacheWrite5m: 0,
        cacheWrite1h: 0,
        webSearches: 0,
      },
    }),
};

const store: Store = openStore(":memory:");
const telemetry = openAttemptLog(store);
const executor = createExecutor({
  policy: SONNET_TO_OPUS,
  sender,
  telemetry,
  breakers: openBreakers(store),
});
const { text, model, costUsd } = await executor.run({ taskType: "sums", prompt: "2 + 2" });
const attempts: Attempt[] = telemetry.list(0);
store.close();

const history = await openHistory({ demo: true });
const { total } = spend(history, { by: ["day"] });
history.close();

const { policy } = loadPolicy(homedir(), process.env);
const reviewer = await explain({ name: "reviewer", cwd: homedir(), env: process.env });
const unknown = await explain({ name: "nobody", cwd: homedir(), env: process.env }).catch(
  (error: unknown) => error,
);

console.log(
  JSON.stringify({
    text,
    model,
    costUsd,
    demo: [total.requests > 0, total.costUsd > 0],
    attempts: attempts.map(({ cause, result }) => [cause, result]),
    reviewer: [reviewer.agent, roleOf(policy, "reviewer")?.model],
    refused: unknown instanceof RolecallError,
  }),
);
