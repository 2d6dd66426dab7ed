import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Attempt } from "../../src/domain/attempt.ts";
import type { BreakerStore } from "../../src/domain/breaker.ts";
import { attemptTimeoutMs, DEFAULT_RETRY } from "../../src/executor/backoff.ts";
import { InvalidInputError } from "../../src/errors.ts";
import {
  ARCHITECT_EDITOR,
  type Chain,
  HAIKU_CASCADE,
  ladder,
  SAME_MODEL,
  SONNET_TO_OPUS,
} from "../../src/executor/chain.ts";
import { type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import type { Reply } from "../helpers/scripted-rules.ts";
import { createScriptedExecutor, failureOf } from "../helpers/scripted-executor.ts";

let api: ScriptedApi;
beforeAll(async () => {
  api = await startScriptedApi({ keepBodies: true });
});
afterAll(() => api.stop());

const say = (text: string, more: Reply = {}): Reply => ({ blocks: [{ text }], ...more });
const OVERLOADED: Reply = { status: 529, error: { type: "overloaded_error", message: "busy" } };
const refuse = (output: number): Reply => ({
  stopReason: "refusal",
  blocks: [],
  usage: { output_tokens: output },
});
const busy = (header: Record<string, string>): Reply => ({ ...OVERLOADED, headers: header });
const isGood = (text: string): boolean => text === "good";
const broken = (): boolean => {
  throw new TypeError("my bug");
};
const isNew = (text: string): boolean => text === "new";
const models = (attempts: readonly Attempt[]): string[] =>
  attempts.map(({ tier, cause, result }) => `${tier} ${cause} ${result}`);

function script(...rules: Parameters<ScriptedApi["setRules"]>[0]): void {
  api.requests.length = 0;
  api.setRules(rules);
}

describe("a good answer", () => {
  it("comes with everything that is to be known about it", async () => {
    script({ name: "ok", reply: say("42", { usage: { input_tokens: 1000, output_tokens: 100 } }) });
    const { executor, log } = createScriptedExecutor(api.url);
    const result = await executor.run({ taskType: "code_review", prompt: "6 × 7?" });
    expect(result).toMatchObject({
      text: "42",
      provider: "anthropic",
      model: "claude-sonnet-5-5",
      stopReason: "end",
      fallbackUsed: false,
      fallbackChain: [],
      escalations: 0,
      costUsd: 0.003,
      message: { type: "message", role: "assistant" },
    });
    expect(log.list(0)).toMatchObject([
      {
        taskType: "code_review",
        policy: "SONNET_TO_OPUS",
        tier: "sonnet",
        requestId: api.requests[0]?.requestId,
      },
    ]);
  });

  it("is not looked at where the model calls a tool: that is the caller's turn", async () => {
    script({ name: "tool", reply: { blocks: [{ tool: "search", input: { q: "x" } }] } });
    const { executor } = createScriptedExecutor(api.url);
    const tools = [{ name: "search", input_schema: { type: "object" } }];
    const result = await executor.run({ taskType: "t", prompt: "p", tools, validate: () => false });
    expect(result.stopReason).toBe("tool_use");
    expect(result.attempts).toHaveLength(1);
  });
});

describe("an answer that is not good enough", () => {
  it("goes up the ladder: Haiku once, Sonnet twice, Opus twice, then a person", async () => {
    let count = 0;
    script({ name: "bad", reply: () => say(`try ${++count}`) });
    const { executor } = createScriptedExecutor(api.url, { policy: HAIKU_CASCADE });
    const failure = await failureOf(executor.run({ taskType: "t", prompt: "p", validate: () => "not good" }));
    expect(failure.reason).toBe("person");
    expect(failure.lastText).toBe("try 5");
    expect(models(failure.attempts)).toEqual([
      "haiku first rejected",
      "sonnet escalation rejected",
      "sonnet retry rejected",
      "opus escalation rejected",
      "opus retry rejected",
    ]);
    expect(failure.fallbackChain.map(({ cause, why }) => `${cause}: ${why}`)).toEqual([
      "escalation: validate: not good",
      "escalation: validate: not good",
    ]);
  });

  it("is told what was wrong: in the conversation on the same model, as a note on the next", async () => {
    let count = 0;
    script({ name: "bad", reply: () => say(`answer ${++count}`) });
    const { executor } = createScriptedExecutor(api.url, { policy: { ...SONNET_TO_OPUS, tries: 2 } });
    await executor.run({
      taskType: "t",
      prompt: "Write it",
      validate: (text) => text === "answer 3" || "too short",
    });
    const asked = api.requests.map(({ body }) => body?.messages.map(({ role, content }) => [role, content]));
    expect(asked[1]?.slice(0, 2)).toEqual([
      ["user", "Write it"],
      ["assistant", "answer 1"],
    ]);
    expect(asked[1]?.[2]?.[1]).toContain("too short");
    expect(asked[2]).toHaveLength(2);
    expect(asked[2]?.[1]?.[1]).toContain("An earlier answer");
  });

  it("that comes a second time is a loop, and is escalated at once", async () => {
    script(
      { name: "same", when: { model: "sonnet" }, reply: say("same  old\n") },
      { name: "ok", reply: say("new") },
    );
    const policy = { ...SONNET_TO_OPUS, tries: 5 };
    const { executor } = createScriptedExecutor(api.url, { policy });
    const result = await executor.run({ taskType: "t", prompt: "p", validate: isNew });
    expect(models(result.attempts)).toEqual([
      "sonnet first rejected",
      "sonnet retry rejected",
      "opus escalation accepted",
    ]);
    expect(result.fallbackChain[0]?.why).toContain("the same answer again");
  });

  it("A, B, A is a loop too", async () => {
    const answers = ["A", "B", "A"];
    script(
      { name: "aba", when: { model: "sonnet" }, reply: (_, use) => say(answers[use] ?? "C") },
      { name: "ok", reply: say("new") },
    );
    const { executor } = createScriptedExecutor(api.url, { policy: { ...SONNET_TO_OPUS, tries: 9 } });
    const result = await executor.run({ taskType: "t", prompt: "p", validate: isNew });
    expect(result.attempts.map(({ tier }) => tier)).toEqual(["sonnet", "sonnet", "sonnet", "opus"]);
  });

  it("a validator that breaks is no fault of the model: the run ends, and the attempt is on record", async () => {
    script({ name: "ok", reply: say("x") });
    const { executor, log } = createScriptedExecutor(api.url);
    const failure = await failureOf(executor.run({ taskType: "t", prompt: "p", validate: broken }));
    expect(failure.reason).toBe("validator");
    expect(failure.cause).toBeInstanceOf(TypeError);
    expect(log.list(0)).toHaveLength(1);
  });
});

describe("a refusal", () => {
  it("goes to one other model, without a retry on the same", async () => {
    script({ name: "no", when: { model: "sonnet" }, reply: refuse(0) }, { name: "ok", reply: say("fine") });
    const { executor } = createScriptedExecutor(api.url);
    const result = await executor.run({ taskType: "t", prompt: "p" });
    expect(models(result.attempts)).toEqual(["sonnet first refused", "opus fallback accepted"]);
    expect(result.escalations).toBe(0);
    expect(result.attempts[0]?.costNano).toBe(0);
  });

  it("by two models is final, however long the chain is", async () => {
    script({ name: "no", reply: refuse(5) });
    const { executor } = createScriptedExecutor(api.url, { policy: HAIKU_CASCADE });
    const failure = await failureOf(executor.run({ taskType: "t", prompt: "p" }));
    expect(failure.reason).toBe("refused");
    expect(failure.attempts).toHaveLength(2);
  });

  it("ends the run where the policy says so", async () => {
    script({ name: "no", reply: refuse(5) });
    const { executor } = createScriptedExecutor(api.url, {
      policy: { ...SONNET_TO_OPUS, onRefusal: "stop" },
    });
    expect((await failureOf(executor.run({ taskType: "t", prompt: "p" }))).attempts).toHaveLength(1);
  });
});

describe("an answer that is cut at its limit", () => {
  it("is asked for once more with more room, then goes up", async () => {
    script(
      { name: "cut", when: { model: "sonnet" }, reply: say("half", { stopReason: "max_tokens" }) },
      { name: "ok", reply: say("whole") },
    );
    const { executor } = createScriptedExecutor(api.url);
    const result = await executor.run({ taskType: "t", prompt: "p", maxTokens: 1000 });
    expect(models(result.attempts)).toEqual([
      "sonnet first truncated",
      "sonnet retry truncated",
      "opus escalation accepted",
    ]);
    expect(api.requests.map(({ body }) => body?.max_tokens)).toEqual([1000, 4000, 4000]);
  });

  it("is given up where no model has the room", async () => {
    script({ name: "cut", reply: say("half", { stopReason: "max_tokens" }) });
    const { executor } = createScriptedExecutor(api.url, { policy: SAME_MODEL });
    expect((await failureOf(executor.run({ taskType: "t", prompt: "p" }))).reason).toBe("truncated");
  });
});

describe("a prompt that is too long", () => {
  const policy = { name: "short", chain: [{ provider: "anthropic", model: "claude-opus-4-5" }] } as const;

  it("begins on a model that holds it", async () => {
    script({ name: "ok", reply: say("read") });
    const { executor } = createScriptedExecutor(api.url, { policy });
    const result = await executor.run({ taskType: "t", prompt: "word ".repeat(200_000) });
    expect(result.attempts.map(({ model }) => model)).toEqual(["claude-opus-5-5"]);
  });

  it("is measured exactly before it is sent elsewhere", async () => {
    script({ name: "ok", reply: say("read") });
    const { executor } = createScriptedExecutor(api.url, { policy });
    const result = await executor.run({ taskType: "t", prompt: "x".repeat(640_000) });
    // Guessed at two bytes a token it does not fit into 200K; the API counts 160K.
    expect(api.others).toContain("POST /v1/messages/count_tokens");
    expect(result.model).toBe("claude-opus-4-5-20251101");
  });

  it("is not sent at all where none holds it", async () => {
    script({ name: "ok", reply: say("read") });
    const { executor } = createScriptedExecutor(api.url);
    const failure = await failureOf(executor.run({ taskType: "t", prompt: "x".repeat(4_100_000) }));
    expect(failure.reason).toBe("overflow");
    expect(api.requests).toHaveLength(0);
  });

  it("an answer that fills the context goes to a roomier model, or ends the run", async () => {
    script(
      {
        name: "full",
        when: { model: "claude-opus-4-5" },
        reply: say("", { stopReason: "model_context_window_exceeded" }),
      },
      { name: "ok", reply: say("fine") },
    );
    const chain = [...policy.chain, { provider: "anthropic", model: "claude-opus-5-5" }] as const;
    const { executor } = createScriptedExecutor(api.url, { policy: { name: "p", chain } });
    const result = await executor.run({ taskType: "t", prompt: "p" });
    expect(models(result.attempts)).toEqual(["opus first overflow", "opus fallback accepted"]);
  });
});

describe("task types and tasks", () => {
  it("a routed task type goes straight to its tier", async () => {
    script({ name: "ok", reply: say("designed") });
    const { executor } = createScriptedExecutor(api.url, { policy: HAIKU_CASCADE });
    const result = await executor.run({ taskType: "architecture", prompt: "p" });
    expect(models(result.attempts)).toEqual(["opus first accepted"]);
    expect(result.fallbackUsed).toBe(false);
  });

  it("a task that was taken up on a tier is never continued below it", async () => {
    script({ name: "bad", when: { model: "sonnet" }, reply: say("bad") }, { name: "ok", reply: say("good") });
    const { executor } = createScriptedExecutor(api.url);
    const task = executor.task();
    await task.run({ taskType: "t", prompt: "one", validate: isGood });
    const second = await task.run({ taskType: "t", prompt: "two", validate: isGood });
    expect(models(second.attempts)).toEqual(["opus first accepted"]);
    const fresh = await executor.run({ taskType: "t", prompt: "three", validate: isGood });
    expect(fresh.attempts[0]?.tier).toBe("sonnet");
  });

  it("the architect reasons in prose and the editor writes the answer from it", async () => {
    script(
      { name: "reason", when: { model: "opus" }, reply: say("First rename the type.") },
      { name: "write", when: { model: "sonnet" }, reply: say('{"done": true}') },
    );
    const { executor } = createScriptedExecutor(api.url, { policy: ARCHITECT_EDITOR });
    const result = await executor.run({
      taskType: "refactor",
      prompt: "p",
      validate: (text) => text.startsWith("{"),
    });
    expect(models(result.attempts)).toEqual(["opus first handedOver", "sonnet first accepted"]);
    expect(result.text).toBe('{"done": true}');
    expect(JSON.stringify(api.requests[1]?.body?.messages)).toContain("First rename the type.");
    expect(api.requests[0]?.effort).toBe("high");
  });
});

describe("waiting", () => {
  it("obeys retry-after, in seconds, milliseconds or as a date", async () => {
    for (const [name, value, delayMs] of [
      ["retry-after", "7", 7000],
      ["retry-after-ms", "1250", 1250],
    ] as const) {
      script({ name: "busy", times: 1, reply: busy({ [name]: value }) }, { name: "ok", reply: say("x") });
      const { executor, clock } = createScriptedExecutor(api.url);
      await executor.run({ taskType: "t", prompt: "p" });
      expect(clock.slept).toEqual([delayMs]);
    }
  });

  it("does not wait longer than allowed: the next model is asked instead", async () => {
    script(
      { name: "busy", when: { model: "sonnet" }, reply: busy({ "retry-after": "3600" }) },
      { name: "ok", reply: say("x") },
    );
    const { executor, clock } = createScriptedExecutor(api.url);
    const result = await executor.run({ taskType: "t", prompt: "p" });
    expect(clock.slept).toEqual([]);
    expect(models(result.attempts)).toEqual(["sonnet first failed", "opus fallback accepted"]);
  });

  it("grows twofold up to its limit, with full jitter", async () => {
    script({ name: "busy", reply: OVERLOADED });
    const { executor, clock } = createScriptedExecutor(api.url, {
      policy: SAME_MODEL,
      retry: { retries: 4, baseDelayMs: 1000, maxDelayMs: 3000 },
      random: () => 0.999,
    });
    await failureOf(executor.run({ taskType: "t", prompt: "p" }));
    expect(clock.slept).toEqual([999, 1998, 2997, 2997]);
  });

  it("ends at the run's deadline rather than sleep through it", async () => {
    script({ name: "busy", reply: OVERLOADED });
    const { executor } = createScriptedExecutor(api.url, {
      policy: SAME_MODEL,
      retry: { retries: 9, totalTimeoutMs: 1000 },
    });
    const failure = await failureOf(executor.run({ taskType: "t", prompt: "p" }));
    expect(failure.reason).toBe("deadline");
    expect(failure.attempts).toHaveLength(2);
  });

  it("an attempt that hangs is a timeout, and is tried again", async () => {
    const { executor, clock } = createScriptedExecutor(api.url, { retry: { attemptTimeoutMs: 5000 } });
    const hang = (): Reply => {
      clock.advance(5000);
      return { delayMs: 60_000 };
    };
    script({ name: "hang", times: 1, reply: hang }, { name: "ok", reply: say("x") });
    const result = await executor.run({ taskType: "t", prompt: "p" });
    expect(result.attempts.map(({ failure }) => failure)).toEqual(["timeout", undefined]);
  });

  it("ends an attempt and a validator at the run's deadline too", async () => {
    const retry = { totalTimeoutMs: 5000 };
    const first = createScriptedExecutor(api.url, { retry });
    const late = (): Reply => {
      first.clock.advance(5000);
      return { delayMs: 60_000 };
    };
    script({ name: "hang", reply: late });
    const failure = await failureOf(first.executor.run({ taskType: "t", prompt: "p" }));
    expect([failure.reason, failure.attempts.map((attempt) => attempt.failure)]).toEqual([
      "deadline",
      ["timeout"],
    ]);
    expect(first.executor.breakers.status()).toEqual([]);
    script({ name: "ok", reply: say("x") });
    const { executor, clock } = createScriptedExecutor(api.url, { retry });
    const validate = async (): Promise<boolean> => {
      clock.advance(5000);
      return new Promise(() => undefined);
    };
    expect((await failureOf(executor.run({ taskType: "t", prompt: "p", validate }))).reason).toBe("deadline");
  });

  it("gives a long answer the time that it takes, unless told otherwise", () => {
    const limits = [1000, 8192, 64_000, 128_000].map(
      (room) => attemptTimeoutMs(DEFAULT_RETRY, room) / 60_000,
    );
    expect(limits).toEqual([10, 10, 30, 60]);
    expect(attemptTimeoutMs({ ...DEFAULT_RETRY, attemptTimeoutMs: 5 }, 128_000)).toBe(5);
  });

  it("an outage is not multiplied: retries are paid for by runs", async () => {
    script({ name: "busy", reply: OVERLOADED });
    const { executor } = createScriptedExecutor(api.url, {
      policy: SAME_MODEL,
      retry: { retries: 5, budget: { ratio: 0.1, reserve: 6 } },
      breaker: { failures: Infinity },
    });
    for (let run = 0; run < 20; run++) await failureOf(executor.run({ taskType: "t", prompt: "p" }));
    expect(api.requests.length).toBe(20 + 6 + 1);
  });
});

describe("stopping", () => {
  it("an abort in mid-flight is final and immediate", async () => {
    const stop = new AbortController();
    const hang = (): Reply => {
      stop.abort(new Error("enough"));
      return { delayMs: 60_000 };
    };
    script({ name: "hang", reply: hang });
    const { executor, log } = createScriptedExecutor(api.url);
    const failure = await failureOf(executor.run({ taskType: "t", prompt: "p", signal: stop.signal }));
    expect(failure.reason).toBe("aborted");
    expect(failure.cause).toEqual(new Error("enough"));
    expect(log.list(0).map(({ result }) => result)).toEqual(["aborted"]);
    expect(api.requests).toHaveLength(1);
  });

  it("an abort before the start sends nothing", async () => {
    script({ name: "ok", reply: say("x") });
    const { executor } = createScriptedExecutor(api.url);
    const failure = await failureOf(
      executor.run({ taskType: "t", prompt: "p", signal: AbortSignal.abort() }),
    );
    expect(failure.attempts).toEqual([]);
    expect(api.requests).toHaveLength(0);
  });

  it("an abort during a validator does not wait for it", async () => {
    script({ name: "ok", reply: say("x") });
    const stop = new AbortController();
    const { executor } = createScriptedExecutor(api.url);
    const validate = async (): Promise<boolean> => {
      stop.abort();
      return new Promise(() => undefined);
    };
    const failure = await failureOf(
      executor.run({ taskType: "t", prompt: "p", validate, signal: stop.signal }),
    );
    expect(failure.reason).toBe("aborted");
  });
});

describe("what must not cost an answer", () => {
  it("a telemetry that fails is said in the notes", async () => {
    script({ name: "ok", reply: say("x") });
    const record = broken as () => void;
    const { executor } = createScriptedExecutor(api.url, { telemetry: { record, spentSince: () => 0 } });
    const { text, notes } = await executor.run({ taskType: "t", prompt: "p" });
    expect([text, notes]).toEqual(["x", ["the attempt could not be recorded: my bug"]]);
  });

  it("breakers that cannot be asked let everything through", async () => {
    script({ name: "ok", reply: say("x") });
    const down = {
      read: broken,
      change: broken,
      list: () => [],
      events: () => [],
    } as unknown as BreakerStore;
    const { executor } = createScriptedExecutor(api.url, { breakers: down });
    const { notes } = await executor.run({ taskType: "t", prompt: "p" });
    expect(notes).toEqual(["the breaker could not be read: my bug"]);
  });
});

describe("budgets", () => {
  const usage = { input_tokens: 1000, output_tokens: 1000 };

  it("a run that could pass the hard budget does not start", async () => {
    script({ name: "ok", reply: say("x", { usage }) });
    const { executor } = createScriptedExecutor(api.url);
    // 1000 tokens of answer at $10 per million are a cent on their own.
    const budget = { hardUsd: 0.005 };
    const failure = await failureOf(executor.run({ taskType: "t", prompt: "p", budget, maxTokens: 1000 }));
    expect(failure.reason).toBe("budget");
    expect(api.requests).toHaveLength(0);
  });

  it("an escalation that could pass it is not made", async () => {
    script({ name: "bad", reply: say("bad", { usage }) });
    const { executor } = createScriptedExecutor(api.url);
    const request = { taskType: "t", prompt: "p", maxTokens: 1000, validate: () => false };
    const failure = await failureOf(executor.run({ ...request, budget: { hardUsd: 0.03 } }));
    expect(failure.reason).toBe("budget");
    expect(failure.attempts).toHaveLength(1);
  });

  it("a day's budget counts every run of the day, and begins anew at midnight UTC", async () => {
    script({ name: "ok", reply: say("x", { usage }) });
    const { executor, clock } = createScriptedExecutor(api.url, { budgets: { day: { hardUsd: 0.03 } } });
    const request = { taskType: "t", prompt: "p", maxTokens: 1000 };
    await executor.run(request);
    await executor.run(request);
    expect((await failureOf(executor.run(request))).reason).toBe("budget");
    clock.advance(12 * 3_600_000);
    await executor.run(request);
    expect(api.requests).toHaveLength(3);
  });

  it("runs at the same time cannot spend the same money twice", async () => {
    script({ name: "ok", reply: say("x", { usage, delayMs: 20 }) });
    const { executor } = createScriptedExecutor(api.url, { budgets: { day: { hardUsd: 0.03 } } });
    const request = { taskType: "t", prompt: "p", maxTokens: 1000 };
    const runs = await Promise.allSettled(Array.from({ length: 10 }, () => executor.run(request)));
    expect(runs.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
  });

  it("a soft budget is told, and stops nothing", async () => {
    script({ name: "ok", reply: say("x", { usage }) });
    const { executor } = createScriptedExecutor(api.url, { budgets: { day: { softUsd: 0.001 } } });
    const request = { taskType: "t", prompt: "p" };
    expect((await executor.run(request)).notes).toEqual([]);
    expect((await executor.run(request)).notes).toEqual(["the soft budget per day of $0.001 is passed"]);
  });
});

describe("policies that cannot be carried out", () => {
  it("are refused with every problem, before anything is sent", () => {
    const chain = [
      { provider: "anthropic", model: "opus" },
      { provider: "anthropic", model: "sonnet" },
    ] as const;
    expect(() => createScriptedExecutor(api.url, { policy: { name: "down", chain } })).toThrow(
      InvalidInputError,
    );
    const unknown = [{ provider: "anthropic", model: "claude-opus-99", tries: 0 }] as const;
    expect(() => createScriptedExecutor(api.url, { policy: { name: "unknown", chain: unknown } })).toThrow(
      "2 problems",
    );
  });

  it("and chains that fall do not compile", () => {
    // @ts-expect-error -- sonnet is below opus
    const falling = ladder("opus", "sonnet");
    // @ts-expect-error -- openai has no sender here
    const strange: Chain = [{ provider: "openai", model: "o1", contextTokens: 1, maxOutputTokens: 1 }];
    // @ts-expect-error -- a chain has at least one step
    const empty: Chain = [];
    // @ts-expect-error -- not a tier, and not an id of Claude
    const misspelt: Chain = [{ provider: "anthropic", model: "sonet" }];
    expect(falling).toHaveLength(2);
    for (const chain of [strange, empty, misspelt])
      expect(() => createScriptedExecutor(api.url, { policy: { name: "x", chain } })).toThrow(
        InvalidInputError,
      );
  });
});
