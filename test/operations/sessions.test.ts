import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenedHistory, openHistory } from "../../src/history/open-history.ts";
import { listSessions } from "../../src/operations/sessions.ts";
import { readSpend } from "../../src/operations/spend.ts";

const RECORDINGS = join(import.meta.dirname, "../../fixtures/recordings");
const ALL = { timezone: "UTC" };

describe("the list of sessions", () => {
  let history: OpenedHistory;
  beforeAll(async () => {
    const claudeDirs = ["h-background", "f-resume-models", "m-tui-opusplan"].map((name) =>
      join(RECORDINGS, name),
    );
    history = await openHistory({ claudeDirs, db: ":memory:" }, process.env, process.cwd());
  });
  afterAll(() => history.close());

  it("adds up to what spend says, session by session", () => {
    const { sessions, total } = listSessions(history, ALL, {});
    const spend = readSpend(history, ["session"], ALL);
    expect(total).toEqual(spend.total);
    expect(Object.fromEntries(sessions.map((row) => [row.session, [row.requests, row.costNano]]))).toEqual(
      Object.fromEntries(spend.rows.map((row) => [row.key.session, [row.requests, row.costNano]])),
    );
  });

  it("names the models dearest first, and counts the agent runs", () => {
    const { sessions } = listSessions(history, ALL, {}, { order: "cost" });
    const background = sessions.find(({ session }) => session.startsWith("85bc2fbb"));
    expect(background).toMatchObject({
      project: "/home/dev/shop-api",
      models: ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"],
      agentRuns: 3,
    });
  });

  it("has the newest first, or the dearest, and no more than asked for", () => {
    const newest = listSessions(history, ALL, {}).sessions.map(({ startedAt }) => startedAt);
    expect(newest).toEqual(newest.toSorted((a, b) => b - a));
    const dearest = listSessions(history, ALL, {}, { order: "cost", limit: 2 });
    expect(dearest.sessions).toHaveLength(2);
    expect(dearest.found).toBe(newest.length);
    expect(dearest.sessions[0]?.costNano).toBe(
      Math.max(...listSessions(history, ALL, {}).sessions.map(({ costNano }) => costNano)),
    );
  });

  it("counts only what the filters let through", () => {
    const { sessions } = listSessions(history, ALL, { agent: "main", model: "*opus-5-5" });
    expect(sessions.length).toBeGreaterThan(0);
    for (const { models, agentRuns } of sessions)
      expect({ models, agentRuns }).toEqual({ models: ["claude-opus-5-5"], agentRuns: 0 });
  });
});
