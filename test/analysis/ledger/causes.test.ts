import { describe, expect, it } from "vitest";
import { sumCauses } from "../../../src/analysis/ledger/cost-causes.ts";
import type { CostCauses } from "../../../src/domain/cost-causes.ts";
import type { LedgerThread } from "../../../src/domain/ledger-input.ts";
import { sum } from "../../../src/domain/numbers.ts";
import { createModelTable } from "../../../src/models/resolve.ts";
import { type Conversation, createConversation, type Setup, threadsOf } from "../../helpers/conversation.ts";
import { ledgersOf } from "../../helpers/ledger.ts";

const models = createModelTable();

function causesOf(threads: readonly LedgerThread[]): CostCauses {
  return sumCauses(ledgersOf(threads, models), "UTC");
}

function play(setup: Setup, act: (talk: Conversation) => void): CostCauses {
  const talk = createConversation(setup);
  talk.prompt(100);
  talk.call({ input: { file_path: "/home/dev/shop/cart.ts" }, result: 6_000 });
  talk.answer();
  act(talk);
  return causesOf(threadsOf([talk]));
}

const nanoOf = ({ causes }: CostCauses, id: string) => causes.find((cause) => cause.id === id)?.nano ?? 0;
const tokensOf = ({ causes }: CostCauses, id: string) => causes.find((cause) => cause.id === id)?.tokens ?? 0;

describe("the ledger names the cause of a cache that was lost", () => {
  it.each([
    ["pause-1h", { lifetime: "1h" }, (talk: Conversation) => talk.pause(90)],
    ["pause-5m", { lifetime: "5m" }, (talk: Conversation) => talk.pause(20)],
    ["switch", {}, (talk: Conversation) => talk.switchTo("claude-sonnet-4-5-20250929")],
    ["no-pause", {}, (talk: Conversation) => talk.lose()],
  ] as const)("%s", (cause, setup, happens) => {
    let before = 0;
    const causes = play(setup, (talk) => {
      happens(talk);
      before = talk.context;
      talk.prompt(50);
      talk.answer();
    });
    // Everything that stood in the last request but what is still read; the answer after it is written for the first time.
    const survives = cause === "switch" ? 0 : 18_000;
    expect(tokensOf(causes, `rewrite.${cause}`)).toBe(before - 200 - survives);
    expect(causes.losses.count).toEqual({ [cause]: 1 });
    expect(causes.losses.largest[0]?.tokens).toBe(before - 200 - survives);
  });

  it.each([
    ["image", (talk: Conversation) => talk.prompt(50, { image: true })],
    [
      "tools",
      (talk: Conversation) =>
        talk.mark({
          type: "attachment",
          attachment: { type: "mcp_instructions_delta", addedNames: ["shop"], addedBlocks: ["Use it."] },
        }),
    ],
    ["resumed", (talk: Conversation) => talk.mark({ type: "cost-state", totalCostUSD: 1 })],
    ["interrupted", (talk: Conversation) => talk.told("[Request interrupted by user]", 10)],
    ["error", (talk: Conversation) => talk.mark({ type: "system", subtype: "api_error" })],
  ] as const)("no pause, with a sign: %s", (sign, happens) => {
    const causes = play({}, (talk) => {
      talk.lose();
      happens(talk);
      talk.prompt(50);
      talk.answer();
    });
    expect(nanoOf(causes, `rewrite.no-pause.${sign}`)).toBeGreaterThan(0);
    expect(nanoOf(causes, `rewrite.no-pause.${sign}`)).toBe(nanoOf(causes, "rewrite.no-pause"));
  });

  it("a compaction: the base is written again, the summary is new", () => {
    const causes = play({}, (talk) => {
      talk.compact();
      talk.prompt(50);
      talk.answer();
    });
    expect(tokensOf(causes, "rewrite.compaction")).toBe(30_000 - 18_000);
    expect(tokensOf(causes, "new.summary")).toBeCloseTo(10_000, -2);
  });

  it("a rewind: the context falls and what is left is written again", () => {
    const causes = play({}, (talk) => {
      const early = talk.context;
      for (let index = 0; index < 8; index++) talk.call({ result: 5_000 });
      talk.answer();
      talk.rewindTo(early);
      talk.prompt(50);
      talk.answer();
    });
    expect(causes.losses.count).toEqual({ rewind: 1 });
  });
});

describe("the ledger names where content came from", () => {
  it("a big result, with its tool and what carrying it on cost", () => {
    const causes = play({}, (talk) => {
      talk.prompt(50);
      talk.call({ name: "Bash", input: { command: "ls" }, result: 20_000 });
      for (let index = 0; index < 5; index++)
        talk.call({ name: "Grep", input: { pattern: "a" }, result: 100 });
      talk.prompt(50);
      talk.answer();
    });
    expect(tokensOf(causes, "new.tool.Bash")).toBeCloseTo(20_000, -3);
    const carried = causes.causes.find(({ id }) => id === "reread.prompt")?.byName[0];
    expect(carried?.name).toBe("Bash");
    expect(carried?.tokens).toBeCloseTo(4 * 20_000, -4);
    const later = causes.causes.find(({ id }) => id === "reread.earlier")?.byName;
    expect(later?.find(({ name }) => name === "Bash")?.tokens).toBeCloseTo(20_000, -3);
  });

  it("wake-ups, teammates and resumed summaries have their place beside prompts", () => {
    const woken = createConversation();
    woken.prompt(100);
    woken.answer();
    woken.told("<task-notification>", 50, { origin: { kind: "task-notification" } });
    woken.answer();
    const mate = createConversation();
    mate.told('<teammate-message teammate_id="lead">', 80);
    mate.answer();
    const resumed = createConversation();
    resumed.told("This session is being continued from a previous conversation", 500, {
      isCompactSummary: true,
    });
    resumed.answer();
    const { axes, nano } = causesOf(threadsOf([woken, mate, resumed]));
    expect(Object.fromEntries(axes.trigger.map(({ key, requests }) => [key, requests]))).toEqual({
      notification: 1,
      prompt: 1,
      summary: 1,
      teammate: 1,
    });
    expect(sum(axes.trigger.map((row) => row.nano))).toBeCloseTo(nano, 3);
  });

  it("a fork's copies fill its context and cost nothing again", () => {
    const parent = createConversation();
    parent.prompt(100);
    parent.call({ result: 5_000 });
    const fork = createConversation();
    const copied = parent.lines.map((line) => ({
      ...line,
      sessionId: fork.session,
      forkedFrom: { sessionId: parent.session },
    }));
    fork.prompt(100);
    fork.call({ result: 5_000 });
    fork.prompt(50);
    fork.answer();
    const own = fork.lines.slice(3);
    const causes = causesOf(threadsOf([parent], { [fork.session]: [...copied, ...own] }));
    expect(causes.requests).toBe(2);
    expect(tokensOf(causes, "new.start")).toBe(30_100);
    // The fork's own request reads what the parent wrote, and none of it is a session start.
    expect(tokensOf(causes, "reread.earlier")).toBeGreaterThan(0);
  });

  it("agents stand beside the main thread, by type", () => {
    const main = createConversation();
    main.prompt(100);
    main.call({ name: "Agent", input: { subagent_type: "Explore", prompt: "find it" }, result: 300 });
    main.answer();
    const agent = createConversation({
      session: main.session,
      agentId: "a1",
      agentType: "Explore",
      model: "claude-haiku-4-5-20251001",
    });
    agent.prompt(100);
    agent.call({ result: 2_000 });
    agent.answer();
    const causes = causesOf(threadsOf([main, agent]));
    expect(causes.agents).toMatchObject([{ key: "Explore", runs: 1, requests: 2 }]);
    expect(causes.axes.trigger.find(({ key }) => key === "agent")?.requests).toBe(2);
    expect(causes.main.nano + (causes.agents[0]?.nano ?? 0)).toBeCloseTo(causes.nano, 3);
  });

  it("overhead is the total by output and new content", () => {
    const causes = play({}, (talk) => {
      for (let index = 0; index < 10; index++) talk.call({ result: 100 });
    });
    const work = nanoOf(causes, "output") + nanoOf(causes, "new");
    expect(causes.overhead).toBeCloseTo(causes.nano / work, 9);
  });
});
