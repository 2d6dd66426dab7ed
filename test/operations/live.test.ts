import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openHistory, type OpenedHistory } from "../../src/history/open-history.ts";
import { readBlocks } from "../../src/operations/blocks.ts";
import { createLiveReader } from "../../src/operations/live.ts";
import { type LiveHome, makeLiveHome } from "../helpers/live-home.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const REVIEWER = { id: "a1", type: "reviewer" };
/** What each answer costs, in nano-dollars. */
const PRICE = 2_000_000;

let home: LiveHome;
let history: OpenedHistory | undefined;
beforeEach(() => void (home = makeLiveHome()));
afterEach(() => {
  history?.close();
  history = undefined;
  home.remove();
});

const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();

async function open(): Promise<OpenedHistory> {
  const options = { claudeDirs: [home.folder], db: ":memory:", needs: "agents" } as const;
  return (history = await openHistory(options, process.env, home.folder));
}

describe("what runs now", () => {
  it("is every session with a request in the last half hour, the last active first", async () => {
    home.answer({ session: "old", at: ago(31) });
    home.answer({ session: "s1", at: ago(20), model: "claude-opus-5-5" });
    home.answer({ session: "s2", at: ago(29) });
    home.answer({ session: "s2", at: ago(2) });
    const { sessions } = createLiveReader(await open(), "UTC")(NOW);
    expect(sessions.map(({ session, main }) => [session, main?.model])).toEqual([
      ["s2", "claude-sonnet-5-5"],
      ["s1", "claude-opus-5-5"],
    ]);
    expect(sessions[0]).toMatchObject({ project: "/home/dev/shop", costNano: 2 * PRICE, agents: [] });
    expect(sessions[0]?.main).toMatchObject({ contextTokens: 1000, lastAt: NOW - 120_000 });
  });

  it("shows the agents that did not end their turn, with model and cost", async () => {
    home.answer({ session: "s1", at: ago(5), stop: "tool_use" });
    home.answer({ session: "s1", at: ago(4), agent: REVIEWER, model: "claude-opus-5-5", stop: "tool_use" });
    home.answer({ session: "s1", at: ago(3), agent: { id: "a2", type: "Explore" } });
    const { sessions } = createLiveReader(await open(), "UTC")(NOW);
    expect(sessions[0]?.agents).toMatchObject([
      { agent: "reviewer", agentId: "a1", model: "claude-opus-5-5", state: "working" },
    ]);
    expect(sessions[0]?.main?.costNano).toBe(PRICE);
    expect(sessions[0]?.costNano).toBeGreaterThan(2 * PRICE);
  });

  it("reads what is written in the meantime, and what ended", async () => {
    home.answer({ session: "s1", at: ago(5), stop: "tool_use" });
    home.answer({ session: "s1", at: ago(4), agent: REVIEWER, stop: "tool_use" });
    const read = createLiveReader(await open(), "UTC");
    const before = read(NOW);
    expect(before.sessions[0]?.agents).toHaveLength(1);
    home.answer({ session: "s1", at: ago(1), agent: REVIEWER });
    home.user({ session: "s1", at: ago(1), content: [{ type: "tool_result", content: "Done." }] });
    home.answer({ session: "s1", at: ago(0) });
    expect((await history?.update())?.changed).toBe(2);
    const after = read(NOW);
    expect(after.sessions[0]).toMatchObject({ agents: [], costNano: 4 * PRICE, main: { state: "waiting" } });
    expect(after.today.costNano - before.today.costNano).toBe(2 * PRICE);
  });

  it("costs by the minute what the last five minutes cost on average", async () => {
    for (const minutes of [0, 1, 4, 6, 29]) home.answer({ session: "s1", at: ago(minutes) });
    const { perMinuteNano, minutes } = createLiveReader(await open(), "UTC")(NOW);
    expect(perMinuteNano).toBe((3 * PRICE) / 5);
    expect(minutes).toHaveLength(30);
    expect(minutes.flatMap((nano, index) => (nano === 0 ? [] : index))).toEqual([0, 23, 25, 28, 29]);
  });

  it.each([7, 11, 99, 2026])(
    "has the five-hour window that blocks has, wherever the last pause was (%i)",
    async (start) => {
      let number = start;
      const draw = (): number => (number = (number * 48_271) % 2_147_483_647) / 2_147_483_647;
      for (let at = 40 * 24 * 60; at > 0; at -= draw() < 0.02 ? 400 : draw() * 90)
        home.answer({ session: `s${Math.floor(draw() * 5)}`, at: ago(at) });
      home.answer({ session: "s1", at: ago(0) });
      const opened = await open();
      const expected = readBlocks(opened, { timezone: "UTC" }, {}, NOW).at(-1);
      const read = createLiveReader(opened, "UTC");
      expect(expected).toMatchObject({ active: true });
      expect(read(NOW).window).toEqual(expected);
      expect(read(NOW).window).toEqual(expected); // by what it remembers
    },
  );
});
