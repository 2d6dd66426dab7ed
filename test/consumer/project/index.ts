// A program that depends on the packed rolecall and on nothing else.
import {
  type Attempt,
  type AttemptResult,
  type Budgets,
  createAnthropicSender,
  createExecutor,
  createCatalogue,
  type ExecutorPolicy,
  GaveUpError,
  type Hop,
  jsonSchema,
  ladder,
  openAttemptLog,
  openBreakers,
  openStore,
  type RunEvent,
  type RunRequest,
  type RunResult,
  type Sender,
  toUsd,
  type Validator,
} from "rolecall";

const budgets: Budgets = { day: { hardUsd: 1 } };
const policy: ExecutorPolicy<"mine"> = {
  name: "mine",
  chain: [
    {
      provider: "mine",
      model: "m",
      contextTokens: 1000,
      maxOutputTokens: 100,
      usdPerMillion: { input: 1, output: 2 },
    },
  ],
};
const sender: Sender<"mine", { raw: string }> = {
  provider: "mine",
  send: (request) =>
    Promise.resolve({
      id: "1",
      model: request.model,
      text: '{"total": 3}',
      stopReason: "end",
      usage: { input: 100, output: 10 },
      message: { raw: "x" },
    }),
};

const store = openStore(":memory:");
const telemetry = openAttemptLog(store);
const events: RunEvent["type"][] = [];
const executor = createExecutor({
  policy,
  sender,
  telemetry,
  breakers: openBreakers(store),
  budgets,
  catalogue: createCatalogue(),
  onEvent: ({ type }) => events.push(type),
});
const invoice: Validator = jsonSchema({ type: "object", required: ["total"] });
const request: RunRequest = { taskType: "extract", prompt: "The invoice as JSON", validate: invoice };
const result: RunResult<{ raw: string }> = await executor.run(request);
const raw: string = result.message.raw;
const hops: readonly Hop[] = result.fallbackChain;
const attempts: readonly Attempt[] = telemetry.attempts({ limit: 10 });
const ends: AttemptResult[] = attempts.map(({ result: end }) => end);

const unsent = createExecutor({
  policy: { name: "claude", chain: ladder("haiku", "opus") },
  sender: createAnthropicSender(),
});
const gaveUp: unknown = await unsent
  .run({ taskType: "t", prompt: "p", budget: { hardUsd: 0 } })
  .catch((error: unknown) => (error instanceof GaveUpError ? error.reason : error));

store.close();
console.log(
  JSON.stringify({
    raw,
    hops,
    ends,
    events,
    gaveUp,
    costUsd: toUsd(attempts[0]?.costNano ?? 0),
    text: result.text,
  }),
);
