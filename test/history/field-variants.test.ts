import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { rolecall } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";

/** Inputs of the same kinds as fixtures/field-cases, with other details. */

type Entry = Record<string, unknown>;

let lines = 0;

function entry(type: string, time: string, fields: Entry): Entry {
  const uuid = `u${++lines}`;
  return {
    cwd: "/home/dev/shop",
    gitBranch: "main",
    version: "2.1.217",
    ...fields,
    type,
    uuid,
    timestamp: time,
  };
}

const prompt = (time: string, fields: Entry = {}): Entry =>
  entry("user", time, { message: { role: "user", content: "Explain the cart." }, ...fields });

function answer(time: string, fields: Entry = {}, message: Entry = {}): Entry {
  const id = `01${"x".repeat(20)}${++lines}`;
  return entry("assistant", time, {
    requestId: `req_${id}`,
    ...fields,
    message: {
      id: `msg_${id}`,
      role: "assistant",
      model: "claude-opus-4-8",
      content: [{ type: "text", text: "It adds items." }],
      stop_reason: "end_turn",
      usage: { input_tokens: 10, output_tokens: 50 },
      ...message,
    },
  });
}

/** Writes sessions, and asks about them. */
function historyOf(sessions: Readonly<Record<string, readonly Entry[]>>) {
  const root = temporaryFolder();
  for (const [session, entries] of Object.entries(sessions)) {
    const file = join(root, "projects/-home-dev-shop", `${session}.jsonl`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, entries.map((one) => `${JSON.stringify({ sessionId: session, ...one })}\n`).join(""));
  }
  return async <Answer>(...args: readonly string[]): Promise<Answer> =>
    JSON.parse((await rolecall([...args, "--json"], { roots: [root], db: ":memory:" })).out) as Answer;
}

/** A time in the minutes of one hour. */
const at = (minute: number) => `2026-07-20T09:${String(minute).padStart(2, "0")}:00.000Z`;

const turn = (minute: number, fields: Entry = {}) => [
  prompt(at(minute), fields),
  answer(at(minute + 1), fields),
];

describe("a copy of a session that changed folders", () => {
  const later = { cwd: "/home/dev/shop/src", gitBranch: "gift" };

  it("has its own requests only, also when the session that it was copied from went on", async () => {
    const shared = [...turn(0), ...turn(10, { cwd: later.cwd }), ...turn(20, later)];
    const copy = [...shared.map((one) => ({ ...one, ...later })), ...turn(30, later)];
    const ask = historyOf({ first: [...shared, ...turn(40, { gitBranch: "other" })], copy });
    const { sessions } = await ask<{ sessions: Entry[] }>("session", "--all");
    expect(Object.fromEntries(sessions.map(({ session, requests }) => [session, requests]))).toEqual({
      first: 4,
      copy: 1,
    });
    const { rows } = await ask<{ rows: { key: Entry; requests: number }[] }>(
      "spend",
      "--all",
      "--by",
      "branch",
    );
    expect(Object.fromEntries(rows.map(({ key, requests }) => [key["branch"], requests]))).toEqual({
      main: 2,
      gift: 2,
      other: 1,
    });
  });
});

describe("one refusal that a block and a notice describe", () => {
  const [from, to] = ["claude-fable-5", "claude-opus-4-8"];
  const block = (second: number) =>
    answer(
      `2026-07-22T20:00:${second}.000Z`,
      {},
      {
        content: [
          { type: "fallback", from: { model: from }, to: { model: to } },
          { type: "text", text: "Ok." },
        ],
      },
    );
  const notice = (second: number) =>
    entry("system", `2026-07-22T20:00:${second}.000Z`, {
      subtype: "model_refusal_fallback",
      originalModel: from,
      fallbackModel: to,
      trigger: "refusal",
    });

  it.each([
    ["the notice is behind the block", [block(10), notice(11)], 1],
    ["the notice is before the block", [notice(12), block(13)], 1],
    ["only the notice is there", [notice(14), answer("2026-07-22T20:00:15.000Z")], 1],
    ["there are two of both", [block(16), notice(17), block(18), notice(19)], 2],
  ])("counts once, although the notice names no request: %s", async (_, entries, refusals) => {
    const ask = historyOf({ first: [prompt("2026-07-22T20:00:00.000Z"), ...entries] });
    expect(await ask("fallbacks", "--all")).toMatchObject({ switches: { refusal: refusals } });
  });
});

describe("a turn after which hooks ran", () => {
  it("took until its last answer, and not until the client's note", async () => {
    const note = entry("system", at(9), { subtype: "turn_duration", durationMs: 540_000 });
    const ask = historyOf({ first: [prompt(at(0)), answer(at(3)), note] });
    expect(await ask("session", "first")).toMatchObject({ tasks: [{ durationMs: 180_000 }] });
  });
});

describe("a session without a known time", () => {
  it("has a page", async () => {
    const ask = historyOf({ first: [prompt("0001-01-01T00:00:00Z"), answer("0001-01-01T00:00:01Z")] });
    const { tasks } = await ask<{ tasks: Entry[] }>("session", "first");
    expect(tasks).toMatchObject([{ requests: 1, durationMs: 1000 }]);
  });
});

describe("a session whose requests are only in the file of another", () => {
  it("is found by the id that the list prints, with the total of the list", async () => {
    const gone = { sessionId: "gone" };
    const ask = historyOf({
      first: [prompt(at(10), gone), answer(at(11), gone), prompt(at(20)), answer(at(21))],
    });
    const { sessions } = await ask<{ sessions: Entry[] }>("session", "--all");
    expect(sessions.map(({ session }) => session)).toEqual(["first", "gone"]);
    for (const { session, requests, costUsd } of sessions)
      expect(await ask("session", String(session))).toMatchObject({ session, total: { requests, costUsd } });
  });
});

describe("spellings of gateways and providers", () => {
  it.each([
    ["anthropic.claude-opus-4-6-v1:0:200k", "claude-opus-4-6"],
    ["anthropic/claude-opus-4.5:thinking", "claude-opus-4-5-20251101"],
    ["anthropic/claude-4.5-sonnet-20250929", "claude-sonnet-4-5-20250929"],
    ["openrouter/anthropic/claude-3.7-sonnet", "claude-3-7-sonnet-20250219"],
    ["anthropic/claude-opus-99", "anthropic/claude-opus-99"],
    ["claude-3-7-sonnet", "claude-3-7-sonnet"],
  ])("%s is %s", async (spelling, model) => {
    const ask = historyOf({ first: [answer("2026-03-01T09:00:00Z", {}, { id: "gen-1", model: spelling })] });
    const { rows } = await ask<{ rows: Entry[] }>("spend", "--all", "--by", "model");
    expect(rows).toMatchObject([{ key: { model } }]);
  });
});
