import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Attempt } from "../../src/domain/attempt.ts";
import { fromUsd, toUsd } from "../../src/domain/money.ts";
import { createAnthropicSender } from "../../src/executor/anthropic.ts";
import { SONNET_TO_OPUS } from "../../src/executor/chain.ts";
import { GaveUpError } from "../../src/executor/run.ts";
import { createExecutor } from "../../src/operations/executor.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { openStore } from "../../src/store/open.ts";
import { type LoggedRequest, type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import type { Reply, Rule } from "../helpers/scripted-rules.ts";
import { createVirtualClock } from "../helpers/virtual-clock.ts";

/** What an attempt that goes wrong in this way leads to, with two retries and half of the full jitter. */
const FAULTS: readonly [name: string, reply: Reply, failure: string, then: "retry" | "walk" | "stop"][] = [
  ["400", error(400, "invalid_request_error"), "bad-request 400", "stop"],
  ["401", error(401, "authentication_error"), "unauthorized 401", "stop"],
  ["402", error(402, "billing_error"), "billing 402", "stop"],
  ["403", error(403, "permission_error"), "forbidden 403", "stop"],
  ["404 of a model", error(404, "not_found_error"), "model-not-found 404", "walk"],
  ["404 of a page", error(404, "something_else"), "not-found 404", "stop"],
  ["408", error(408, "timeout_error"), "timeout 408", "retry"],
  ["409", error(409, "conflict_error"), "conflict 409", "retry"],
  ["413", error(413, "request_too_large"), "too-large 413", "stop"],
  ["422", error(422, "invalid_request_error"), "unprocessable 422", "stop"],
  ["429", error(429, "rate_limit_error"), "rate-limited 429", "retry"],
  ["500", error(500, "api_error"), "server 500", "retry"],
  ["502", error(502, "api_error"), "server 502", "retry"],
  ["503", error(503, "api_error"), "server 503", "retry"],
  ["529", error(529, "overloaded_error"), "overloaded 529", "retry"],
  ["418", error(418, "api_error"), "unknown 418", "stop"],
  ["a cut connection", { cut: true }, "connection", "retry"],
];

const MIDSTREAM_FAULTS: typeof FAULTS = [
  ["overloaded in mid-stream", broken("overloaded_error"), "overloaded", "retry"],
  ["an API error in mid-stream", broken("api_error"), "server", "retry"],
  ["a rate limit in mid-stream", broken("rate_limit_error"), "rate-limited", "retry"],
  ["a timeout in mid-stream", broken("timeout_error"), "timeout", "retry"],
  ["a bad request in mid-stream", broken("invalid_request_error"), "bad-request", "stop"],
  ["a cut stream", { streamCut: true }, "connection", "retry"],
];

function error(status: number, type: string): Reply {
  return { status, error: { type, message: "words that nobody may look at: rate overloaded timeout" } };
}

function broken(type: string): Reply {
  return { blocks: [{ text: "Half an ans" }], streamError: { type, message: "gone" }, startOutputTokens: 3 };
}

const ROUTES = {
  "once on the first model": {
    rules: (reply: Reply): Rule[] => [{ name: "fault", times: 1, reply }],
    retry: (why: string) => [`sonnet first +0 failed ${why}`, "sonnet retry +500 accepted"],
    walk: (why: string) => [`sonnet first +0 failed ${why}`, "opus fallback +0 accepted"],
    stop: (why: string) => [`sonnet first +0 failed ${why}`],
    end: { retry: "ok", walk: "ok", stop: "failed" },
  },
  "always on the first model": {
    rules: (reply: Reply): Rule[] => [{ name: "fault", when: { model: "sonnet" }, reply }],
    retry: (why: string) => [
      `sonnet first +0 failed ${why}`,
      `sonnet retry +500 failed ${why}`,
      `sonnet retry +1000 failed ${why}`,
      "opus fallback +0 accepted",
    ],
    walk: (why: string) => [`sonnet first +0 failed ${why}`, "opus fallback +0 accepted"],
    stop: (why: string) => [`sonnet first +0 failed ${why}`],
    end: { retry: "ok", walk: "ok", stop: "failed" },
  },
  "always on the last model": {
    rules: (reply: Reply): Rule[] => [
      { name: "bad", when: { model: "sonnet" }, reply: { blocks: [{ text: "poor" }] } },
      { name: "fault", reply },
    ],
    retry: (why: string) => [
      "sonnet first +0 rejected",
      `opus escalation +0 failed ${why}`,
      `opus retry +500 failed ${why}`,
      `opus retry +1000 failed ${why}`,
    ],
    walk: (why: string) => ["sonnet first +0 rejected", `opus escalation +0 failed ${why}`],
    stop: (why: string) => ["sonnet first +0 rejected", `opus escalation +0 failed ${why}`],
    end: { retry: "failed", walk: "failed", stop: "failed" },
  },
} as const;

let api: ScriptedApi;
beforeAll(async () => {
  api = await startScriptedApi();
});
afterAll(() => api.stop());

interface Outcome {
  attempts: readonly Attempt[];
  end: string;
  slept: number[];
  costUsd: number;
  recorded: Attempt[];
  spentNano: number;
}

async function runOnce(rules: readonly Rule[], streamed: boolean): Promise<Outcome> {
  api.setRules(rules);
  api.requests.length = 0;
  const clock = createVirtualClock();
  const log = openAttemptLog(openStore(":memory:"));
  const executor = createExecutor({
    policy: SONNET_TO_OPUS,
    sender: createAnthropicSender({ apiKey: "made-up", baseUrl: api.url }),
    telemetry: log,
    retry: { retries: 2 },
    clock,
    random: () => 0.5,
  });
  const request = {
    taskType: "code_review",
    prompt: "Review this",
    validate: (text: string) => text !== "poor",
  };
  const running = streamed ? executor.stream(request).result : executor.run(request);
  const told = await running.then(
    ({ attempts, costUsd }) => ({ attempts, costUsd, end: "ok" }),
    (thrown: unknown) => {
      if (!(thrown instanceof GaveUpError)) throw thrown;
      return { attempts: thrown.attempts, costUsd: thrown.costUsd, end: thrown.reason };
    },
  );
  return { ...told, slept: clock.slept, recorded: log.list(0), spentNano: log.spentSince(0) };
}

function traceOf({ tier, cause, delayMs, result, failure, status }: Attempt): string {
  return [tier, cause, `+${delayMs}`, result, failure, status].filter((word) => word !== undefined).join(" ");
}

/** Dollars by the price list, from what the API says it counted: Sonnet 5.5 $2/$10, Opus 5.5 $4/$20 per million. */
function billedNano({ answered, model }: LoggedRequest): number {
  const { message } = answered;
  if (!message) return 0;
  const [input, output] = model.includes("opus") ? [4000, 20_000] : [2000, 10_000];
  const sent = answered.finished ? message.usage.output_tokens : message.startOutputTokens;
  return (message.usage.input_tokens ?? 0) * input + sent * output;
}

for (const streamed of [false, true])
  for (const [position, route] of Object.entries(ROUTES))
    describe(`${streamed ? "streamed" : "in one piece"}: a fault ${position}`, () => {
      for (const [name, reply, why, then] of streamed ? [...FAULTS, ...MIDSTREAM_FAULTS] : FAULTS)
        it(`${name}: ${then}`, async () => {
          const outcome = await runOnce(route.rules(reply), streamed);
          const expected = route[then](why);
          expect(outcome.attempts.map(traceOf)).toEqual(expected);
          expect(outcome.end).toBe(route.end[then]);
          expect(outcome.slept).toEqual(outcome.attempts.map(({ delayMs }) => delayMs).filter(Boolean));
          // The store keeps everything but the reason, which may hold text.
          expect(outcome.recorded).toEqual(outcome.attempts.map(({ reason: _text, ...kept }) => kept));
          // The API's own log is the witness: nothing sent twice, nothing counted twice, nothing left out.
          expect(api.requests.map(({ model }) => model)).toEqual(outcome.attempts.map(({ model }) => model));
          const billed = api.requests.reduce((sum, request) => sum + billedNano(request), 0);
          expect(outcome.spentNano).toBe(billed);
          expect(outcome.costUsd).toBe(toUsd(billed));
          expect(fromUsd(outcome.costUsd)).toBe(billed);
        });
    });
