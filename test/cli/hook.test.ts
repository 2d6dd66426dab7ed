import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { start } from "../../src/cli/start.ts";

const folder = mkdtempSync(join(tmpdir(), "rolecall-hook-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LAST = Date.parse("2026-11-21T10:00:00Z");
const HOURS = 3_600_000;

/** An answer of Claude with a context of 371,000 tokens. */
const answer = (more: object = {}, usage: object = {}) => ({
  type: "assistant",
  timestamp: new Date(LAST).toISOString(),
  isSidechain: false,
  requestId: "req_1",
  message: {
    id: "msg_1",
    model: "claude-opus-5-5",
    content: [],
    usage: {
      input_tokens: 0,
      output_tokens: 1_000,
      cache_read_input_tokens: 369_000,
      cache_creation_input_tokens: 1_000,
      cache_creation: { ephemeral_1h_input_tokens: 1_000, ephemeral_5m_input_tokens: 0 },
      ...usage,
    },
  },
  ...more,
});

let files = 0;

function transcript(...entries: (object | string)[]): string {
  const path = join(folder, `${++files}.jsonl`);
  writeFileSync(
    path,
    entries.map((entry) => (typeof entry === "string" ? entry : `${JSON.stringify(entry)}\n`)).join(""),
  );
  return path;
}

async function hook(stdin: unknown, argv: readonly string[] = ["UserPromptSubmit"], now = LAST + 2 * HOURS) {
  let [out, err] = ["", ""];
  const exit = await start(["hook", ...argv], {
    env: { HOME: folder },
    cwd: folder,
    now: () => now,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    columns: 0,
    color: false,
    interactive: false,
    readStdin: () => Promise.resolve(typeof stdin === "string" ? stdin : JSON.stringify(stdin)),
    ask: undefined,
  });
  return { answer: out === "" ? undefined : (JSON.parse(out) as Record<string, unknown>), err, exit };
}

describe("the price tag before a prompt", () => {
  it("says what a cold cache costs: one write of the context, and a read for each further request", async () => {
    const path = transcript(answer());
    const { answer: said, exit } = await hook({ transcript_path: path, prompt: "go on" }, [
      "UserPromptSubmit",
      "--requests",
      "10",
    ]);
    // 371,000 tokens × ($8 + 9 × $0.20) a million
    expect(said).toEqual({
      systemMessage: "Cold cache, 371K tokens: about $3.64 to go on; /clear or /compact first?",
    });
    expect(exit).toBe(0);
  });

  it.each([
    ["a warm cache", () => transcript(answer()), LAST + 0.9 * HOURS],
    ["a cheap prompt", () => transcript(answer({}, { cache_read_input_tokens: 20_000 })), undefined],
    [
      "a compaction since",
      () => transcript(answer(), { type: "system", subtype: "compact_boundary" }),
      undefined,
    ],
    [
      "a summary since",
      () => transcript(answer(), { type: "user", isCompactSummary: true, message: { content: "…" } }),
      undefined,
    ],
    ["an agent's request alone", () => transcript(answer({ isSidechain: true })), undefined],
    [
      "an unknown model",
      () => transcript(answer({ message: { ...answer().message, model: "gpt-5" } })),
      undefined,
    ],
    ["an empty transcript", () => transcript(), undefined],
    ["a missing transcript", () => join(folder, "none.jsonl"), undefined],
    ["a folder", () => folder, undefined],
  ])("is silent with %s", async (_, write, now) => {
    const { answer: said, exit } = await hook({ transcript_path: write() }, ["UserPromptSubmit"], now);
    expect([said, exit]).toEqual([undefined, 0]);
  });

  it("a five-minute cache is cold after five minutes, whatever was read since", async () => {
    const short = { cache_creation: { ephemeral_5m_input_tokens: 1_000, ephemeral_1h_input_tokens: 0 } };
    const later = {
      cache_creation_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    };
    const path = transcript(answer({}, short), answer({}, later));
    const { answer: said } = await hook({ transcript_path: path }, ["UserPromptSubmit"], LAST + 6 * 60_000);
    expect(said?.["systemMessage"]).toContain("Cold cache");
  });

  it("a session that is resumed gets it as well, a new one does not", async () => {
    const path = transcript(answer());
    const resumed = await hook({ transcript_path: path, source: "resume" }, ["SessionStart"]);
    expect(resumed.answer?.["systemMessage"]).toContain("371K tokens");
    expect(
      (await hook({ transcript_path: path, source: "startup" }, ["SessionStart"])).answer,
    ).toBeUndefined();
    expect((await hook({ transcript_path: path }, ["Stop"])).answer).toBeUndefined();
  });

  it("holds a prompt back only if it is told to, and only once", async () => {
    const path = transcript(answer());
    const line = ["UserPromptSubmit", "--block"];
    expect((await hook({ transcript_path: path }, line)).answer).toMatchObject({ decision: "block" });
    const again = (await hook({ transcript_path: path }, line)).answer;
    expect(again).toMatchObject({ systemMessage: expect.stringContaining("Cold cache") as string });
    expect(again).not.toHaveProperty("decision");
  });

  it.each([
    ["nonsense", "nonsense"],
    ["nothing", ""],
    ["null", "null"],
    ["a list", "[1]"],
    ["a number as path", '{"transcript_path":7}'],
  ])("lets the prompt through when its input is %s", async (_, stdin) => {
    const { answer: said, exit } = await hook(stdin);
    expect([said, exit]).toEqual([undefined, 0]);
  });

  it("reads the end of a long transcript, and looks further back than that once", async () => {
    const filler = `${JSON.stringify({ type: "user", message: { content: "x".repeat(500_000) } })}\n`;
    const near = transcript(filler.repeat(20), answer());
    expect((await hook({ transcript_path: near })).answer).toBeDefined();
    const further = transcript(answer(), filler, filler);
    expect((await hook({ transcript_path: further })).answer).toBeDefined();
    const tooFar = transcript(answer(), filler.repeat(20));
    expect((await hook({ transcript_path: tooFar })).answer).toBeUndefined();
  });

  it("torn and strange lines do not stop it", async () => {
    const path = transcript('{"type":"assis', "\n", "[]\n", "null\n", answer(), "{", "\n");
    expect((await hook({ transcript_path: path })).answer).toBeDefined();
  });
});
