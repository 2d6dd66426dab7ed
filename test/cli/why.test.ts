import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sum } from "../../src/domain/numbers.ts";
import { createConversation } from "../helpers/conversation.ts";
import { runCli } from "../helpers/run-cli.ts";

const why = (...words: string[]) => runCli(["why", "--demo", ...words]);

interface Answer {
  costUsd: number;
  requests: number;
  causes: { id: string; parent: string | null; usd: number; requests: number }[];
  axes: Record<string, { usd: number; requests: number | null }[]>;
  changes: { kind: string; savesUsd: { low: number; mid: number; high: number } }[] | null;
  unusual: { what: string }[];
}

const json = async (...words: string[]) => JSON.parse((await why(...words, "--json")).out) as Answer;

describe("rolecall why", () => {
  it("gives each dollar that spend counts one cause", async () => {
    const spend = JSON.parse((await runCli(["spend", "--demo", "--json"])).out) as {
      total: { costUsd: number; requests: number };
    };
    const { causes, axes, costUsd, requests } = await json();
    expect([costUsd, requests]).toEqual([spend.total.costUsd, spend.total.requests]);
    expect(sum(causes.filter(({ parent }) => parent === null).map(({ usd }) => usd))).toBeCloseTo(costUsd, 8);
    for (const rows of Object.values(axes)) expect(sum(rows.map(({ usd }) => usd))).toBeCloseTo(costUsd, 8);
    for (const axis of ["activity", "trigger", "agent"])
      expect(sum((axes[axis] ?? []).map((row) => row.requests ?? 0))).toBe(requests);
    // No cause is found in more requests than there are.
    expect(Math.max(...causes.map((cause) => cause.requests))).toBeLessThanOrEqual(requests);
  });

  it.each([
    ["--project", "*shop*"],
    ["--model", "*opus*"],
    ["--agent", "main"],
    ["--since", "2026-11-10"],
  ])("counts with %s %s what spend counts", async (...filter) => {
    const spend = JSON.parse((await runCli(["spend", "--demo", "--json", ...filter])).out) as {
      total: { costUsd: number };
    };
    expect((await json(...filter)).costUsd).toBe(spend.total.costUsd);
  });

  it("counts the answers of a gateway that gives all of them the same id", async () => {
    const root = mkdtempSync(join(tmpdir(), "rolecall-gateway-"));
    mkdirSync(join(root, "projects/-p"), { recursive: true });
    const lines = [1000, 2000, 3000].flatMap((tokens, minute) => {
      const entry = { sessionId: "s", timestamp: `2026-11-20T10:0${minute}:00.000Z` };
      const message = {
        id: "gateway",
        model: "claude-opus-5-5",
        content: [{ type: "text", text: "hi" }],
        stop_reason: "end_turn",
        usage: { input_tokens: tokens, output_tokens: 100 },
      };
      return [
        { ...entry, type: "user", uuid: `u${minute}`, message: { role: "user", content: "Go on" } },
        { ...entry, type: "assistant", uuid: `a${minute}`, message },
      ];
    });
    writeFileSync(
      join(root, "projects/-p/s.jsonl"),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
    const place = { env: { CLAUDE_CONFIG_DIR: root, ROLECALL_DB: join(root, "rolecall.db") } };
    const { costUsd, requests } = JSON.parse((await runCli(["why", "--json"], place)).out) as Answer;
    rmSync(root, { recursive: true });
    // 6,000 tokens at $4 and 300 at $20 a million.
    expect([costUsd, requests]).toEqual([0.03, 3]);
  });

  it("CSV has the rows of the axis", async () => {
    const { out } = await why("--by", "activity", "--csv");
    const [header, ...rows] = out
      .trimEnd()
      .split("\r\n")
      .map((row) => row.split(","));
    expect(header).toEqual(["activity", "usd", "share", "tokens", "requests"]);
    expect(sum(rows.map((row) => Number(row[1])))).toBeCloseTo((await json()).costUsd, 8);
  });

  it("advises on periods, and compares single days and sessions", async () => {
    expect((await json()).changes?.length).toBeGreaterThan(0);
    const session = await json("fdf0f4ae");
    expect([session.changes, session.unusual.map(({ what }) => what)]).toEqual([null, ["loss"]]);
  });

  it("shows colors on terminals only", async () => {
    const { out } = await runCli(["why", "--demo"], { columns: 100, color: true });
    expect(out).toContain("\u001b[");
    expect((await runCli(["why", "--demo"], { columns: 100 })).out).not.toContain("\u001b[");
  });

  it.each([
    [["--by", "nonsense"], '--by: unknown field "nonsense"'],
    [["--change", "nonsense"], '--change: unknown change "nonsense" for this history'],
    [["zzz"], 'why: no session begins with "zzz"'],
  ])("%o is answered with what is wrong and what to do", async (words, message) => {
    const { err, exit } = await why(...words);
    expect(exit).toBe(2);
    expect(err).toContain(message);
    expect(err.trimEnd().split("\n").length).toBeGreaterThan(1);
  });

  it("names the largest cause where nothing is worth changing", async () => {
    const root = mkdtempSync(join(tmpdir(), "rolecall-why-"));
    try {
      const talk = createConversation({
        model: "claude-sonnet-5-5",
        base: 20_000,
        start: "2026-11-20T09:00:00Z",
      });
      talk.prompt(100);
      talk.answer();
      mkdirSync(join(root, "projects/-home-dev-shop"), { recursive: true });
      writeFileSync(
        join(root, `projects/-home-dev-shop/${talk.session}.jsonl`),
        talk.lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
      );
      const { out } = await runCli(["why", "--claude-dir", root, "--db", ":memory:"]);
      expect(out).toContain(
        "No change saves a dollar and 1% a month. The largest cause is session start: $0.08",
      );
      expect(out).not.toContain("Nothing to recommend");
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});
