import type Anthropic from "@anthropic-ai/sdk";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type Chain,
  createAnthropicSender,
  createExecutor,
  createOpenAiSender,
  HAIKU_CASCADE,
  ladder,
  type RunRequest,
} from "../../src/index.ts";

const anthropic = createAnthropicSender({ apiKey: "made-up" });

describe("what does not compile", () => {
  it("a ladder that falls, or stays where it is", () => {
    // @ts-expect-error -- haiku is below sonnet
    expect(ladder("sonnet", "haiku")).toHaveLength(2);
    // @ts-expect-error -- the same tier twice is no ladder
    expect(ladder("haiku", "sonnet", "sonnet")).toHaveLength(3);
    expect(ladder("haiku", "opus", "fable")).toHaveLength(3);
  });

  it("a policy over Claude without a sender that reaches Claude", async () => {
    const sender = await createOpenAiSender({ apiKey: "made-up" });
    // @ts-expect-error -- nothing here sends to anthropic
    expect(() => createExecutor({ policy: HAIKU_CASCADE, sender })).toThrow("3 problems");
  });

  it("a step of a provider under another name than its sender's", async () => {
    const mirror = await createOpenAiSender({ provider: "mirror", apiKey: "made-up" });
    const step = { model: "m", contextTokens: 1000, maxOutputTokens: 100 };
    const sender = [anthropic, mirror] as const;
    const good = createExecutor({ policy: { name: "p", chain: [{ ...step, provider: "mirror" }] }, sender });
    expect(good.breakers.status()).toEqual([]);
    // @ts-expect-error -- it is called mirror here
    const chain: Chain<"anthropic" | "mirror"> = [{ ...step, provider: "mirrror" }];
    expect(() => createExecutor({ policy: { name: "p", chain }, sender })).toThrow("1 problem");
  });

  it("a prompt and a conversation at once, or neither", () => {
    const messages = [{ role: "user", content: "p" }] as const;
    // @ts-expect-error -- one or the other
    expectTypeOf<{ taskType: string; prompt: string; messages: typeof messages }>().toExtend<RunRequest>();
    // @ts-expect-error -- one of the two
    expectTypeOf<{ taskType: string }>().toExtend<RunRequest>();
    expectTypeOf<{ taskType: string; messages: typeof messages }>().toExtend<RunRequest>();
  });
});

describe("what a run returns", () => {
  it("holds the message as the sender's backend types it", () => {
    const executor = createExecutor({ policy: HAIKU_CASCADE, sender: anthropic });
    expectTypeOf<Awaited<ReturnType<typeof executor.run>>["message"]>().toEqualTypeOf<Anthropic.Message>();
    expectTypeOf<
      Awaited<ReturnType<typeof executor.stream>["result"]>["message"]
    >().toEqualTypeOf<Anthropic.Message>();
  });
});
