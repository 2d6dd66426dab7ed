import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { DEMO_ROOT } from "../../src/history/workspace.ts";
import { writeTree } from "../helpers/tree.ts";

interface SessionAnswer {
  tasks: { kind: string; costUsd: number; causes: { id: string; usd: number }[] | null }[];
}

/** The demo as a history of one's own, whose store is kept. */
const home = () => {
  const folder = writeTree({});
  cpSync(join(DEMO_ROOT, "projects"), join(folder, "projects"), { recursive: true });
  return { env: { CLAUDE_CONFIG_DIR: folder, ROLECALL_DB: join(folder, "rolecall.db") } };
};

describe("rolecall session", () => {
  it("shows clock times, the tree of agents and where to ask why", async () => {
    const { out } = await runCli(["session", "fdf0f4ae", "--demo", "--timezone", "UTC"], { columns: 120 });
    expect(out).toMatch(/\d{4}-\d\d-\d\d \d\d:\d\d to \d\d:\d\d/);
    expect(out).toMatch(/^\d\d:\d\d {2}0 /m);
    expect(out).toContain("Why it cost that: rolecall why fdf0f4ae");
    expect(out).not.toContain("Mostly for");
  });

  it("says why each turn cost what it did once the ledger is built, and the causes add up", async () => {
    const place = home();
    const read = async () =>
      JSON.parse((await runCli(["session", "fdf0f4ae", "--json"], place)).out) as SessionAnswer;
    expect((await read()).tasks.every(({ causes }) => causes === null)).toBe(true);
    await runCli(["why", "fdf0f4ae"], place);
    const { tasks } = await read();
    const known = tasks.filter(({ costUsd }) => costUsd > 0);
    expect(known.length).toBeGreaterThan(0);
    for (const { causes, costUsd } of known)
      expect(causes?.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(costUsd, 6);
    const { out } = await runCli(["session", "fdf0f4ae"], { ...place, columns: 160 });
    expect(out).toMatch(/Mostly for/);
    expect(out).toMatch(/(?:read again|written again|new content|output) \d+% \(/);
  });
});

it("finds a session by the name of its file, if that is another one than the session's id", async () => {
  const entry = {
    type: "assistant",
    uuid: "a",
    sessionId: "5e551011-0000-4000-8000-000000000001",
    timestamp: "2026-11-01T09:00:00.000Z",
    requestId: "req_011",
    message: {
      id: "msg_011",
      model: "claude-sonnet-5-5",
      content: [{ type: "text", text: "Done." }],
      usage: { input_tokens: 10, output_tokens: 50 },
    },
  };
  const folder = writeTree({ "projects/-home-dev-shop/2a8af1a8.jsonl": `${JSON.stringify(entry)}\n` });
  const place = { env: { CLAUDE_CONFIG_DIR: folder, ROLECALL_DB: ":memory:" } };
  for (const id of ["5e551011", "2a8af1a8"]) {
    const { out, exit } = await runCli(["session", id, "--json"], place);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ session: entry.sessionId, total: { requests: 1 } });
  }
});

const answer = (session: string, minute: number, content: object[]) => ({
  type: "assistant",
  uuid: `${session}-a${minute}`,
  sessionId: session,
  timestamp: `2026-11-01T09:${String(minute).padStart(2, "0")}:00.000Z`,
  requestId: `req_${session}_${minute}`,
  message: {
    id: `msg_${session}_${minute}`,
    role: "assistant",
    model: "claude-sonnet-5-5",
    content,
    usage: { input_tokens: 10, output_tokens: 50 },
  },
});
const prompt = (session: string, minute: number, content: unknown, more: object = {}) => ({
  type: "user",
  uuid: `${session}-u${minute}`,
  sessionId: session,
  timestamp: `2026-11-01T09:${String(minute).padStart(2, "0")}:00.000Z`,
  message: { role: "user", content },
  ...more,
});

const lines = (entries: readonly object[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");

describe("a plan that another session carries out", () => {
  const plan = "Rename the cart\n\n1. Rename the module\n2. Rename its tests";
  const refusal = [
    {
      type: "tool_result",
      tool_use_id: "toolu_1",
      is_error: true,
      content: "The user doesn't want to proceed",
    },
  ];
  const planned = [
    prompt("aaaa0000", 0, "Plan how to rename the cart"),
    answer("aaaa0000", 1, [{ type: "tool_use", id: "toolu_1", name: "ExitPlanMode", input: { plan } }]),
    prompt("aaaa0000", 2, refusal, { toolUseResult: "User rejected tool use" }),
    prompt("aaaa0000", 3, [{ type: "text", text: "[Request interrupted by user for tool use]" }]),
  ];
  const carried = [
    prompt("bbbb0000", 10, `Implement the following plan:\n\n${plan}`, { planContent: plan }),
    answer("bbbb0000", 11, [{ type: "text", text: "Done." }]),
  ];
  it("is accepted in its session too, as in all other reports", async () => {
    const folder = writeTree({
      "projects/-home-dev-shop/aaaa0000.jsonl": lines(planned),
      "projects/-home-dev-shop/bbbb0000.jsonl": lines(carried),
    });
    const place = { env: { CLAUDE_CONFIG_DIR: folder, ROLECALL_DB: join(folder, "rolecall.db") } };
    const shown = JSON.parse((await runCli(["session", "aaaa0000", "--json"], place)).out) as {
      tasks: { outcome: string }[];
    };
    expect(shown.tasks.map(({ outcome }) => outcome)).toEqual(["accepted"]);
    const { out } = await runCli(["fallbacks", "--all", "--explain"], place);
    expect(out).toMatch(
      /aaaa0000 +0 Plan how to rename the cart .*accepted .*its plan was approved and carried out in another session/,
    );
  });
});

describe("the page of a session", () => {
  const call = {
    subagent_type: "general-purpose",
    description: "Map the cart",
    prompt: "Look",
    run_in_background: true,
  };
  const launched = {
    isAsync: true,
    status: "async_launched",
    agentId: "a1b2c3",
    resolvedModel: "claude-opus-5-5",
  };
  const entries = [
    answer("cccc0000", 1, [{ type: "text", text: "Going on after the compaction." }]),
    prompt("cccc0000", 20, "Look at https://example.org/dev/shop/issues/12 and map the cart"),
    answer("cccc0000", 21, [{ type: "tool_use", id: "toolu_1", name: "Agent", input: call }]),
    prompt("cccc0000", 22, [{ type: "tool_result", tool_use_id: "toolu_1", content: "launched" }], {
      toolUseResult: launched,
    }),
    answer("cccc0000", 23, [{ type: "text", text: "It is on its way." }]),
    prompt(
      "cccc0000",
      33,
      "<task-notification>\n<task-id>a1b2c3</task-id>\n<status>completed</status>\n</task-notification>",
    ),
    answer("cccc0000", 34, [{ type: "text", text: "The cart has three parts." }]),
  ];
  const show = async (width: number, history: readonly object[] = entries) => {
    const folder = writeTree({ "projects/-home-dev-shop/cccc0000.jsonl": lines(history) });
    const env = { CLAUDE_CONFIG_DIR: folder, ROLECALL_DB: ":memory:" };
    return (await runCli(["session", "cccc0000", "--timezone", "UTC"], { env, columns: width })).out;
  };

  it("names agents without a file by what they were called for, and times those in the background to their report", async () => {
    expect(await show(120)).toMatch(/└ general-purpose: Map the cart +12m 00s/);
    const unreported = entries.filter(({ timestamp }) => !timestamp.includes(":33:"));
    expect(await show(120, unreported)).toMatch(/└ general-purpose: Map the cart +–/);
  });

  it("begins with the first request, also if no prompt of the session asked for it", async () => {
    const out = await show(120);
    expect(out).toContain("2026-11-01 09:01 to 09:34");
    expect(out).toMatch(/in no task/);
  });

  it("ends with the last entry, as in the list, and calls agents of plugins by their own names", async () => {
    const exit = prompt("cccc0000", 58, "<command-name>/exit</command-name>");
    expect(await show(120, [...entries, exit])).toContain("2026-11-01 09:01 to 09:58");
    const history = JSON.parse(
      JSON.stringify(entries).replace("general-purpose", "tools:review:sentinel"),
    ) as object[];
    expect(await show(120, history)).toContain("└ sentinel: Map the cart");
  });

  it("says where nothing shows how a task went", async () =>
    expect(await show(120)).toContain("nothing shows how it went: turn 0\n"));

  it("shortens links, and gives the room of an empty column to the titles", async () => {
    const out = await show(120);
    expect(out).toMatch(/0 Look at shop\/issues\/12 and map the/);
    expect(out).not.toContain("Effort");
  });
});

/** A session of one prompt. */
function sessionOf(id: string, minute: number, text: string): Record<string, string> {
  return {
    [`projects/-home-dev-shop/${id}.jsonl`]: lines([
      prompt(id, minute, text),
      answer(id, minute + 1, [{ type: "text", text: "Done." }]),
    ]),
  };
}

/** The error of a command that needs one session. */
const hint = (
  subject: string,
) => `rolecall: ${subject}: 2 sessions have "gift cards" in their title or first prompt
  Expected the start of one ID, such as aaaa1111, bbbb1111.
  Try rolecall session "gift cards", which lists them.
`;

describe("rolecall session with words instead of an ID", () => {
  const long = `${"Please look at all that we sell before you begin. ".repeat(3)}Then add gift cards.`;
  const folder = writeTree({
    ...sessionOf("aaaa1111", 1, "Add gift  cards\nto the cart"),
    ...sessionOf("bbbb1111", 5, long),
    ...sessionOf("cccc1111", 9, "Rename the cart"),
    ...sessionOf("dddd1111", 13, "Fix: totals of two coupons"),
  });
  const ask = (...words: string[]) =>
    runCli(["session", ...words, "--timezone", "UTC"], {
      env: { CLAUDE_CONFIG_DIR: folder, ROLECALL_DB: ":memory:" },
      columns: 100,
    });

  it("shows the one that has them in its title or first prompt, whatever their case", async () => {
    expect((await ask("RENAME the")).out).toMatch(/^cccc1111 /);
    expect((await ask("Please look at all that we sell before you begin. Please lo…")).out).toMatch(
      /^bbbb1111 /,
    );
  });

  it("lists several, the newest first, with ID, date, title and cost", async () => {
    const { out, exit } = await ask("gift cards");
    expect(exit).toBe(0);
    expect(out).toContain('2 sessions have "gift cards" in their title or first prompt:');
    const rows = out.split("\n").filter((line) => line.startsWith("2026"));
    expect(rows[0]).toMatch(/^2026-11-01 09:06 +bbbb1111 +Please look at.*\$0/);
    expect(rows[1]).toMatch(/^2026-11-01 09:02 +aaaa1111 +Add gift cards to the cart/);
    expect(JSON.parse((await ask("gift cards", "--json")).out)).toMatchObject({
      sessions: [{ session: "bbbb1111" }, { session: "aaaa1111" }],
      found: 2,
    });
  });

  it("prefers an ID, and says what it looked for if nothing has them", async () => {
    expect((await ask("aaaa")).out).toMatch(/^aaaa1111 /);
    const { err, exit } = await ask("projects");
    expect(exit).toBe(2);
    expect(err).toContain('no session begins with "projects", and none has it in its title or first prompt');
    expect(err).toContain("Expected the start of an ID, or words of a title.");
  });

  const run = (...words: string[]) =>
    runCli(words, { env: { CLAUDE_CONFIG_DIR: folder, ROLECALL_DB: ":memory:" }, columns: 100 });

  describe("in other commands", () => {
    it("finds what why explains, and what is marked", async () => {
      expect(JSON.parse((await run("why", "rename the", "--json")).out)).toMatchObject({
        session: "cccc1111",
      });
      expect((await run("session", "Rename the", "--mark", "bad")).out).toContain("cccc1111");
      expect((await run("session", "Rename the:0", "--mark", "bad")).out).toContain("cccc1111");
      expect((await run("session", "fix: totals", "--mark", "bad")).out).toContain("dddd1111");
    });

    it("must mean one of them", async () => {
      expect(await run("why", "gift cards")).toEqual({ exit: 2, out: "", err: hint("why") });
      expect(await run("session", "gift cards", "--mark", "bad")).toEqual({
        exit: 2,
        out: "",
        err: hint("session"),
      });
    });

    it("says what it expected if nothing has them", async () => {
      const { err, exit } = await run("why", "projects");
      expect([exit, err]).toEqual([
        2,
        `rolecall: why: no session begins with "projects", and none has it in its title or first prompt
  Expected a day (yesterday, 2026-11-20), a span (7d), the start of an ID, or words of a title.
  Try rolecall session --all, which lists the IDs.
`,
      ]);
      expect((await run("session", "nowhere", "--mark", "bad")).err).toContain(
        'no session begins with "nowhere", and none has it in its title or first prompt',
      );
    });
  });
});
