import { appendFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rolecall } from "../helpers/spend-process.ts";
import { temporaryFolder } from "../helpers/spend.ts";

interface Answer {
  uuid: string;
  parent?: string;
  session?: string;
  id?: unknown;
  requestId?: unknown;
  requestRef?: string;
  input?: number;
  second?: number;
  agentId?: string;
  forkedFrom?: string;
}

/** An answer of a gateway that gives all of them the id `relay` and no request id. */
function answer({ uuid, parent, session = "s1", input = 100, second = 0, ...more }: Answer): string {
  const { agentId, forkedFrom, requestId, requestRef } = more;
  const id = "id" in more ? more.id : "relay";
  return line({
    type: "assistant",
    uuid,
    parentUuid: parent ?? null,
    sessionId: session,
    timestamp: new Date(Date.UTC(2026, 5, 1, 9, 0, second)).toISOString(),
    ...(agentId && { agentId, isSidechain: true }),
    requestId,
    requestRef,
    ...(forkedFrom && { forkedFrom: { sessionId: "s1", messageUuid: forkedFrom } }),
    message: {
      id,
      role: "assistant",
      model: "claude-sonnet-4-5-20250929",
      content: [{ type: "text", text: "Done." }],
      usage: { input_tokens: input, output_tokens: 10 },
    },
  });
}

const result = (uuid: string, parent: string): string =>
  line({
    type: "user",
    uuid,
    parentUuid: parent,
    message: { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "ok" }] },
  });

const line = (entry: object): string =>
  JSON.stringify({ cwd: "/home/dev/shop", version: "2.1.100", ...entry });
const fileOf = (lines: readonly string[]): string => lines.map((one) => `${one}\n`).join("");

const FOLDER = "projects/-home-dev-shop";

function homeWith(files: Readonly<Record<string, readonly string[]>>): string {
  const home = temporaryFolder();
  mkdirSync(join(home, FOLDER), { recursive: true });
  for (const [name, lines] of Object.entries(files))
    writeFileSync(join(home, FOLDER, `${name}.jsonl`), fileOf(lines));
  return home;
}

async function countRequests(home: string, db = ":memory:"): Promise<number> {
  const { out } = await rolecall(["spend", "--all", "--json"], { roots: [home], db });
  return (JSON.parse(out) as { total: { requests: number } }).total.requests;
}

describe("answers that have a message id in common and nothing else", () => {
  it("count each, also with equal counts", async () => {
    const lines = [1, 2, 3, 4].flatMap((n) => [
      result(`u${n}`, `a${n - 1}`),
      answer({ uuid: `a${n}`, parent: `u${n}` }),
    ]);
    expect(await countRequests(homeWith({ s1: lines }))).toBe(4);
  });

  it("are one where their lines are linked, also with those of another thread between", async () => {
    const lines = [
      answer({ uuid: "a1", parent: "u1" }),
      answer({ uuid: "b1", parent: "u2", agentId: "agent" }),
      answer({ uuid: "a2", parent: "a1" }),
      answer({ uuid: "b2", parent: "b1", agentId: "agent" }),
      result("u3", "a2"),
      answer({ uuid: "a3", parent: "a2" }),
    ];
    expect(await countRequests(homeWith({ s1: lines }))).toBe(2);
  });

  it("are others in other sessions", async () => {
    const files = Object.fromEntries(
      ["s1", "s2", "s3"].map((session) => [
        session,
        [answer({ uuid: `a${session}`, session, second: Number(session[1]) })],
      ]),
    );
    expect(await countRequests(homeWith(files))).toBe(3);
  });

  it("count once when copies keep their uuids, whatever their times, or name them", async () => {
    const copy = answer({ uuid: "a1", session: "s2", second: 30 });
    const branch = answer({ uuid: "c1", session: "s3", second: 40, forkedFrom: "a1" });
    const home = homeWith({ s1: [answer({ uuid: "a1" })], s2: [copy], s3: [branch] });
    expect(await countRequests(home)).toBe(1);
  });

  it.each(["msg_bdrk_01AbCdEfGhIjKlMnOp", "gen-1762765200-AbCdEfGhIj"])(
    "are one with results between their lines, when the id is too long to be shared: %s",
    async (id) => {
      const lines = [
        answer({ uuid: "a1", id }),
        result("u1", "a1"),
        answer({ uuid: "a2", id, parent: "u1" }),
        result("u2", "a2"),
        answer({ uuid: "b1", id, parent: "u2", input: 300 }),
      ];
      const home = homeWith({ s1: lines.slice(0, 2) });
      const db = join(temporaryFolder(), "store.db");
      expect(await countRequests(home, db)).toBe(1);
      appendFileSync(join(home, FOLDER, "s1.jsonl"), fileOf(lines.slice(2)));
      expect(await countRequests(home, db)).toBe(2);
      expect(await countRequests(home)).toBe(2);
    },
  );

  it.each([
    ["short request ids", { id: "relay", requestId: "req_local" }],
    ["ids that are numbers", { id: 0, requestId: 7 }],
    ["empty ids", { id: "", requestId: "" }],
    ["no ids", { id: undefined }],
  ])("are told apart by their links with %s", async (_, ids) => {
    const lines = [
      answer({ uuid: "a1", ...ids }),
      answer({ uuid: "a2", parent: "a1", ...ids }),
      result("u1", "a2"),
      answer({ uuid: "b1", parent: "u1", input: 300, ...ids }),
    ];
    expect(await countRequests(homeWith({ s1: lines }))).toBe(2);
  });

  it("are told apart by the client's own id of a request, whatever else they say", async () => {
    const ids = { id: "msg_local", requestId: "req_local" };
    const lines = [1, 1, 2].map((n, index) => answer({ uuid: `a${index}`, requestRef: `ref-${n}`, ...ids }));
    expect(await countRequests(homeWith({ s1: lines }))).toBe(2);
  });

  it("stay one when the file grows between their lines", async () => {
    const home = homeWith({ s1: [answer({ uuid: "a1" }), answer({ uuid: "a2", parent: "a1" })] });
    const db = join(temporaryFolder(), "store.db");
    expect(await countRequests(home, db)).toBe(1);
    const more = [
      answer({ uuid: "a3", parent: "a2" }),
      result("u1", "a3"),
      answer({ uuid: "a4", parent: "u1" }),
    ];
    appendFileSync(join(home, FOLDER, "s1.jsonl"), fileOf(more));
    expect(await countRequests(home, db)).toBe(2);
  });
});

describe("a fork that leaves request ids out", () => {
  const PROJECT = "projects/-home-dev-shop-api";
  const RECORDING = join(import.meta.dirname, "../../fixtures/recordings/resume-1.0.128", PROJECT);
  const FORK = "20a9b894-8573-43e7-ba4d-2e74733f2cd3.jsonl";
  const others = readdirSync(RECORDING).filter((name) => name !== FORK);

  it.each([
    ["its original", [FORK], others],
    ["the fork", others, [FORK]],
  ])("counts nothing twice when %s is read later", async (_, first, later) => {
    const home = temporaryFolder();
    const db = join(temporaryFolder(), "store.db");
    const add = (names: readonly string[]) => {
      for (const name of names) cpSync(join(RECORDING, name), join(home, PROJECT, name));
    };
    add(first);
    expect(await countRequests(home, db)).toBe(first.includes(FORK) ? 5 : 4);
    add(later);
    expect(await countRequests(home, db)).toBe(5);
  });

  it("speaks for itself when its original is rewritten without them", async () => {
    const home = temporaryFolder();
    const db = join(temporaryFolder(), "store.db");
    cpSync(RECORDING, join(home, PROJECT), { recursive: true });
    expect(await countRequests(home, db)).toBe(5);
    for (const name of others) rmSync(join(home, PROJECT, name));
    expect(await countRequests(home, db)).toBe(5);
    for (const name of others) writeFileSync(join(home, PROJECT, name), '{"type":"summary"}\n');
    expect(await countRequests(home, db)).toBe(5);
  });
});
