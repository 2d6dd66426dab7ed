import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type RouteAnswer, type ScriptedApi, startScriptedApi } from "../helpers/scripted-api.ts";
import { runCli } from "../helpers/run-cli.ts";

interface Sent {
  requests: { custom_id: string; params: { model: string; max_tokens: number; system?: unknown } }[];
}

let api: ScriptedApi;
let folder: string;
let sent: Sent[];
let ended: boolean;
let failing: RouteAnswer | undefined;
beforeAll(async () => {
  api = await startScriptedApi({ route: answer });
});
afterAll(() => api.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rolecall-batch-"));
  [sent, ended, failing] = [[], true, undefined];
});

/** The batch endpoints; results come in another order than the items were sent. */
function answer(method: string, path: string, body: string): RouteAnswer | undefined {
  const [, id, results] = /^\/v1\/messages\/batches(?:\/b(\d+))?(\/results)?$/.exec(path) ?? [];
  if (!path.startsWith("/v1/messages/batches")) return undefined;
  if (failing) return failing;
  if (method === "POST") sent.push(JSON.parse(body) as Sent);
  const index = method === "POST" ? sent.length - 1 : Number(id);
  if (results) return { headers: { "content-type": "application/x-jsonl" }, body: resultsOf(sent[index]) };
  if (method === "GET" && id === undefined) return { body: { data: [], has_more: false } };
  const counts = {
    processing: 0,
    succeeded: sent[index]?.requests.length ?? 0,
    errored: 0,
    canceled: 0,
    expired: 0,
  };
  return {
    body: {
      id: `b${index}`,
      processing_status: ended ? "ended" : "in_progress",
      created_at: new Date().toISOString(),
      request_counts: counts,
      results_url: `${api.url}/v1/messages/batches/b${index}/results`,
    },
  };
}

function resultsOf(batch: Sent | undefined): string {
  const usage = { input_tokens: 1000, output_tokens: 100 };
  return (batch?.requests ?? [])
    .toReversed()
    .map(({ custom_id, params }) => ({
      custom_id,
      result: custom_id.startsWith("bad")
        ? {
            type: "errored",
            error: { type: "error", error: { type: "invalid_request_error", message: "no" } },
          }
        : {
            type: "succeeded",
            message: {
              id: `msg_${custom_id}`,
              model: params.model,
              content: [{ type: "text", text: `done ${custom_id}` }],
              stop_reason: "end_turn",
              usage,
            },
          },
    }))
    .map((line) => `${JSON.stringify(line)}\n`)
    .join("");
}

const ITEMS =
  '{"id": "one", "prompt": "Describe a"}\n\n{"id": "two", "prompt": "Describe b", "maxTokens": 100}\n';

function rolecall(items: string, ...words: string[]) {
  const file = join(folder, "items.jsonl");
  writeFileSync(file, items);
  return runCli(["batch", file, ...words], {
    env: { ROLECALL_DB: join(folder, "store.db"), ANTHROPIC_BASE_URL: api.url, ANTHROPIC_API_KEY: "made-up" },
  });
}

describe("rolecall batch", () => {
  it("estimates first, and sends nothing without consent", async () => {
    const dry = await rolecall(ITEMS, "--dry-run");
    // 8,292 tokens of answer at $10 per million, halved, and two short prompts.
    expect([dry.exit, dry.out]).toEqual([0, ""]);
    expect(dry.err).toMatch(
      /^Batch items-[0-9a-f]{8}: 2 items on Sonnet 5\.5, at most \$0\.04 at half price\.\n$/,
    );
    const declined = await rolecall(ITEMS);
    expect(declined.exit).toBe(1);
    expect(declined.err).toContain("Nothing was sent: there is no terminal to ask on. Try --yes.");
    expect(sent).toEqual([]);
  });

  it("gives the results by name, in the order of the items, at half price", async () => {
    const { exit, out, err } = await rolecall(ITEMS, "--yes", "--system", "Be short", "--max-tokens", "500");
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { id: "one", text: "done one", stopReason: "end", costUsd: 0.0015 },
      { id: "two", text: "done two", stopReason: "end", costUsd: 0.0015 },
    ]);
    expect([exit, err]).toEqual([0, expect.stringContaining("2 answered, $0.0030.")]);
    expect(sent[0]?.requests.map(({ params }) => params.max_tokens)).toEqual([500, 100]);
    const telemetry = await runCli(["telemetry", "--json"], {
      env: { ROLECALL_DB: join(folder, "store.db") },
      now: Date.now(),
    });
    expect(JSON.parse(telemetry.out)).toMatchObject({ runs: 2, actualUsd: 0.003 });
  });

  it("is sent once: the same items later, or a second time, are only collected", async () => {
    ended = false;
    const first = await rolecall(ITEMS, "--yes", "--no-wait");
    expect([first.exit, first.out]).toEqual([0, ""]);
    expect(first.err).toContain("is at work as b0. The same command collects the results.");
    ended = true;
    const out = join(folder, "results.jsonl");
    const second = await rolecall(ITEMS, "--out", out);
    expect([second.exit, second.out]).toEqual([0, ""]);
    expect(second.err).toContain("2 items on Sonnet 5.5, sent before.");
    const third = await rolecall(ITEMS);
    expect(third.out).toBe(readFileSync(out, "utf8"));
    expect(sent).toHaveLength(1);
    await rolecall(ITEMS.replace("Describe a", "Describe c"), "--yes");
    expect(sent).toHaveLength(2);
  });

  it("exits 1 if an item failed, and says so in JSON as well", async () => {
    const { exit, out, err } = await rolecall(
      `${ITEMS}{"id": "bad-three", "prompt": "x"}`,
      "--yes",
      "--json",
    );
    expect([exit, err]).toEqual([1, expect.stringContaining("2 answered, 1 failed, $0.0030.")]);
    expect(JSON.parse(out)).toMatchObject({
      command: "batch",
      batchId: "b0",
      model: "claude-sonnet-5-5",
      items: 3,
      collected: true,
      costUsd: 0.003,
      results: [{ id: "one" }, { id: "two" }, { id: "bad-three", failure: "bad-request", costUsd: 0 }],
    });
  });

  it("refuses items, limits, names and targets that are wrong before anything is sent", async () => {
    const wrong: [string, string[], string][] = [
      ["x", [], "items.jsonl:1: not JSON"],
      ["[]", [], "items.jsonl:1: not an item"],
      ['{"prompt": "p"}', [], "items.jsonl:1 id: missing"],
      ['{"id": "a", "prompt": "p", "promt": 1}', [], "items.jsonl:1 promt: unknown field"],
      ['{"id": "a", "prompt": 1}', [], "items.jsonl:1 prompt: invalid value, found 1"],
      ['{"id": "a", "prompt": "p", "maxTokens": 0}', [], "maxTokens: invalid value, found 0"],
      ['{"id": "a b", "prompt": "p"}', [], "invalid id"],
      ['{"id": "a", "prompt": "p"}\n{"id": "a", "prompt": "q"}', [], "id used twice"],
      ["", [], "a batch needs at least one item"],
      [ITEMS, ["--model", "sonet"], 'unknown model "sonet"'],
      [ITEMS, ["--max-usd", "0.01"], "the limit of $0.01 cannot be kept: it may cost $0.04"],
      [ITEMS, ["--max-usd", "much"], '--max-usd: invalid number "much"'],
      [ITEMS, ["--max-tokens", "0"], "invalid number of tokens"],
      [ITEMS, ["--effort", "huge"], 'invalid effort "huge"'],
      [ITEMS, ["--out", "/no/such/folder/x"], "cannot be written"],
    ];
    for (const [items, words, message] of wrong) {
      const { exit, out, err } = await rolecall(items, "--yes", ...words);
      expect([message, exit, out]).toEqual([message, 2, ""]);
      expect(err).toContain(message);
    }
    expect(sent).toEqual([]);
  });

  it("refuses other items under a name that was used", async () => {
    await rolecall(ITEMS, "--yes", "--name", "docs");
    const { exit, err } = await rolecall(
      ITEMS.replace("Describe a", "Describe c"),
      "--yes",
      "--name",
      "docs",
    );
    expect([exit, err]).toEqual([2, expect.stringContaining('batch: other items were sent as "docs"')]);
    expect(sent).toHaveLength(1);
  });

  it("says what the API answered", async () => {
    failing = {
      status: 401,
      body: { type: "error", error: { type: "authentication_error", message: "bad key" } },
    };
    const { exit, err } = await rolecall(ITEMS, "--yes");
    expect([exit, err]).toEqual([2, expect.stringContaining("batch API: bad key")]);
  });
});
