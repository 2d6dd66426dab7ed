import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rolecall } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";

const RECORDINGS = join(import.meta.dirname, "../../fixtures/recordings");

/** Writes lines of client 1.0.x: agents are side chains of the main file, without an id. */
class OldTranscript {
  readonly lines: string[] = [];
  private readonly session: string;

  constructor(session = "5e551011-0000-4000-8000-000000000001") {
    this.session = session;
  }

  prompt(uuid: string, text: string, isSidechain = false): this {
    return this.user(uuid, null, text, isSidechain);
  }

  result(uuid: string, parent: string, calls: readonly string[], isSidechain = false): this {
    const content = calls.map((id) => ({ type: "tool_result", tool_use_id: id, content: "ok" }));
    return this.user(uuid, parent, content, isSidechain);
  }

  /** An answer of 100 input tokens that starts agents: the id of each call, its type and its prompt. */
  answer(
    uuid: string,
    parent: string,
    isSidechain = false,
    calls: readonly (readonly [id: string, type: string, prompt: string])[] = [],
  ): this {
    const content = [
      { type: "text", text: "Done." },
      ...calls.map(([id, type, prompt]) => ({
        type: "tool_use",
        id,
        name: "Task",
        input: { subagent_type: type, description: "Look", prompt },
      })),
    ];
    return this.add(uuid, parent, isSidechain, "assistant", {
      id: `msg_01${uuid}`,
      role: "assistant",
      model: "claude-sonnet-4-20250514",
      content,
      stop_reason: calls.length > 0 ? "tool_use" : "end_turn",
      usage: { input_tokens: 100, output_tokens: 10 },
    });
  }

  private user(uuid: string, parent: string | null, content: unknown, isSidechain: boolean): this {
    return this.add(uuid, parent, isSidechain, "user", { role: "user", content });
  }

  private add(uuid: string, parentUuid: string | null, isSidechain: boolean, type: string, message: object) {
    const timestamp = new Date(Date.UTC(2025, 6, 10, 9) + 1000 * this.lines.length).toISOString();
    const common = { sessionId: this.session, cwd: "/home/dev/shop", version: "1.0.60", timestamp };
    const own = type === "assistant" ? { requestId: `req_01${uuid}` } : {};
    this.lines.push(JSON.stringify({ parentUuid, isSidechain, type, uuid, message, ...own, ...common }));
    return this;
  }
}

/** Two agents side by side: their lines lie between each other's, and the second ends first. */
const sideBySide = () =>
  new OldTranscript()
    .prompt("p", "Where are the prices?")
    .answer("a", "p", false, [
      ["call1", "finder", "Find the prices."],
      ["call2", "reviewer", "Check the prices."],
    ])
    .prompt("f1", "Find the prices.", true)
    .prompt("r1", "Check the prices.", true)
    .answer("f2", "f1", true)
    .answer("r2", "r1", true)
    .result("f3", "f2", ["read1"], true)
    .answer("f4", "f3", true)
    .result("b", "a", ["call1", "call2"])
    .answer("c", "b");

function homeWith(...files: readonly (readonly string[])[]): string {
  const home = temporaryFolder();
  const folder = join(home, "projects/-home-dev-shop");
  mkdirSync(folder, { recursive: true });
  files.forEach((lines, index) =>
    writeFileSync(join(folder, `5e551011-0000-4000-8000-00000000000${index + 1}.jsonl`), fileOf(lines)),
  );
  return home;
}

const fileOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

async function ask<Answer>(home: string, db: string, ...args: string[]): Promise<Answer> {
  const run = await rolecall([...args, "--json"], { roots: [home], db });
  expect(run.exit).toBe(0);
  return JSON.parse(run.out) as Answer;
}

interface Row {
  key: { agent: string };
  requests: number;
}

/** Requests by agent, as `spend` and `agents` count them. */
async function requestsByAgent(home: string, db = ":memory:"): Promise<Record<string, number>> {
  const { rows } = await ask<{ rows: Row[] }>(home, db, "spend", "--by", "agent", "--all");
  const agents = await ask<{ rows: { agent: string; requests: number }[] }>(home, db, "agents", "--all");
  const spent = Object.fromEntries(rows.map(({ key, requests }) => [key.agent, requests]));
  const { main: _, ...runs } = spent;
  const answered = agents.rows.filter(({ requests }) => requests > 0);
  expect(Object.fromEntries(answered.map(({ agent, requests }) => [agent, requests]))).toEqual(runs);
  return spent;
}

describe("side chains of clients before 2.0.76", () => {
  it("are of the agent that the call with their prompt names", async () => {
    expect(await requestsByAgent(homeWith(sideBySide().lines))).toEqual({ main: 2, finder: 2, reviewer: 1 });
  });

  it("are runs below the turn that called them", async () => {
    const page = await ask<{ tasks: object[] }>(
      homeWith(sideBySide().lines),
      ":memory:",
      "session",
      "5e551011",
    );
    expect(page.tasks).toMatchObject([
      { kind: "turn", requests: 2 },
      { kind: "agent-run", agent: "finder", requests: 2, parent: "turn:0", outcome: "accepted" },
      { kind: "agent-run", agent: "reviewer", requests: 1, parent: "turn:0", outcome: "accepted" },
    ]);
  });

  it("share a prompt in the order of the calls", async () => {
    const { lines } = new OldTranscript()
      .prompt("p", "Look twice.")
      .answer("a", "p", false, [
        ["call1", "first", "Look."],
        ["call2", "second", "Look."],
      ])
      .prompt("f1", "Look.", true)
      .answer("f2", "f1", true)
      .answer("f3", "f2", true)
      .prompt("s1", "Look.", true)
      .answer("s2", "s1", true);
    expect(await requestsByAgent(homeWith(lines))).toEqual({ main: 1, first: 2, second: 1 });
  });

  it("can start one another", async () => {
    const { lines } = new OldTranscript()
      .prompt("p", "Go.")
      .answer("a", "p", false, [["call1", "planner", "Plan."]])
      .prompt("f1", "Plan.", true)
      .answer("f2", "f1", true, [["call2", "coder", "Code."]])
      .prompt("s1", "Code.", true)
      .answer("s2", "s1", true)
      .result("f3", "f2", ["call2"], true)
      .answer("f4", "f3", true)
      .result("b", "a", ["call1"])
      .answer("c", "b");
    const home = homeWith(lines);
    expect(await requestsByAgent(home)).toEqual({ main: 2, planner: 2, coder: 1 });
    const page = await ask<{ tasks: object[] }>(home, ":memory:", "session", "5e551011");
    expect(page.tasks).toMatchObject([
      { kind: "turn" },
      { agent: "planner", parent: "turn:0" },
      { agent: "coder", parent: "sidechain-f1" },
    ]);
  });

  it("stay one run when a line of theirs is missing, and are of no known type without the line of their call", async () => {
    const { lines } = new OldTranscript()
      .prompt("p", "Go.")
      .answer("a", "p", false, [["call1", "finder", "Find."]])
      .prompt("f1", "Find.", true)
      .answer("f2", "f1", true)
      .result("f3", "f2", ["read1"], true)
      .answer("f4", "f3", true);
    const without = (uuid: string) => homeWith(lines.filter((line) => !line.includes(`"uuid":"${uuid}"`)));
    expect(await requestsByAgent(without("f3"))).toEqual({ main: 1, finder: 2 });
    expect(await requestsByAgent(without("a"))).toEqual({ unknown: 2 });
  });

  it("count once when a resumed session copies them", async () => {
    const own = sideBySide().lines;
    const session = "5e551011-0000-4000-8000-000000000002";
    const copy = own.map((line) => line.replaceAll("5e551011-0000-4000-8000-000000000001", session));
    const more = new OldTranscript(session).prompt("p2", "And now?").answer("d", "p2").lines;
    const home = homeWith(own, [...copy, ...more]);
    expect(await requestsByAgent(home)).toEqual({ main: 3, finder: 2, reviewer: 1 });
  });

  it.each([3, 5, 6, 7, 8])("are the same after a file has grown from line %i on", async (first) => {
    const { lines } = sideBySide();
    const home = homeWith(lines.slice(0, first));
    const db = join(temporaryFolder(), "store.db");
    await requestsByAgent(home, db);
    const file = join(home, "projects/-home-dev-shop/5e551011-0000-4000-8000-000000000001.jsonl");
    appendFileSync(file, fileOf(lines.slice(first)));
    expect(await requestsByAgent(home, db)).toEqual({ main: 2, finder: 2, reviewer: 1 });
    const page = await ask<{ tasks: object[] }>(home, db, "session", "5e551011");
    expect(page.tasks).toHaveLength(3);
  });
});

describe("recordings of old clients", () => {
  it.each([
    ["plain-1.0.0", { main: 3, "m-haiku": 2, "general-purpose": 2 }],
    ["plain-1.0.128", { main: 3, "m-haiku": 2, "general-purpose": 2 }],
    ["plain-2.0.76", { main: 3, "m-haiku": 2, "general-purpose": 2, Warmup: 2 }],
    ["plain-50", { main: 3, "m-haiku": 2, "general-purpose": 2 }],
  ])("%s: agents are of the types that were called", async (name, expected) => {
    expect(await requestsByAgent(join(RECORDINGS, name))).toEqual(expected);
  });

  it("a warm-up of the client is no task", async () => {
    const home = join(RECORDINGS, "plain-2.0.76");
    const { tiers } = await ask<{ tiers: object[] }>(home, ":memory:", "fallbacks", "--all");
    expect(tiers).toMatchObject([
      { tier: "haiku", started: 1 },
      { tier: "sonnet", started: 2 },
    ]);
    const { rest } = await ask<{ rest: object }>(home, ":memory:", "session", "9f7b925d");
    expect(rest).toMatchObject({ requests: 2 });
  });
});
