import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const recording = (name: string): string[] => [
  "--claude-dir",
  join(import.meta.dirname, "../../fixtures/recordings", name),
  "--db",
  ":memory:",
  "--timezone",
  "UTC",
];

async function answer(command: string, name: string): Promise<Record<string, unknown>> {
  const { out, exit } = await runCli([...command.split(" "), ...recording(name), "--json"]);
  expect(exit).toBe(0);
  return JSON.parse(out) as Record<string, unknown>;
}

describe("the commands on outcomes, as programs see them", () => {
  it("fallbacks: events in order of time, tiers with intervals, retries", async () => {
    expect(await answer("fallbacks", "d-fallback-midturn")).toMatchObject({
      schemaVersion: 1,
      command: "fallbacks",
      retries: 4,
      switches: {
        availability: 2,
        refusal: 0,
        consent: 0,
        "plan-mode": 0,
        command: 0,
        resume: 0,
        unexplained: 0,
      },
      events: [
        {
          cause: "availability",
          from: "claude-opus-5-5",
          to: "claude-sonnet-5-5",
          trigger: "overloaded",
          thread: "main",
        },
        { cause: "availability", at: "2026-11-21T01:58:56.438Z" },
      ],
      tiers: [
        {
          tier: "sonnet",
          started: 1,
          outcomes: { unknown: 1 },
          successRate: { value: null },
          verdict: "too-few",
        },
        { tier: "opus", started: 1, outcomes: { accepted: 1 }, successRate: { value: 1, high: 1 } },
      ],
    });
  });

  it("session: a prefix of the id will do, and each outcome has its lines", async () => {
    const { tasks } = (await answer("session 359e", "i-fail-revert")) as { tasks: unknown[] };
    expect(tasks).toMatchObject([
      {
        kind: "turn",
        index: 0,
        models: ["claude-sonnet-5-5"],
        startTier: "sonnet",
        requests: 11,
        outcome: "accepted",
        evidence: [
          { line: 64, why: "a check passed after its last change" },
          { line: 68, why: "it was committed", weak: true },
        ],
      },
    ]);
  });

  it("savings: always-Opus less actual, and every scenario", async () => {
    const savings = (await answer("savings", "d-fallback-midturn")) as Record<
      "actualUsd" | "alwaysOpusUsd" | "savingsUsd",
      number
    > & {
      scenarios: { name: string }[];
    };
    expect(savings.actualUsd).toBe(0.044968);
    // 0.011336 + (14,511 × $4 + 141 × $20 + 800 × $5 + 12,000 × $0.20) / 1M
    expect(savings.alwaysOpusUsd).toBeCloseTo(0.0786, 9);
    expect(savings.savingsUsd).toBeCloseTo(0.033632, 9);
    expect(savings.scenarios.map(({ name }) => name)).toEqual([
      "actual",
      "always-opus",
      "always-sonnet",
      "cheapest-tier",
      "policy",
    ]);
  });

  it("agents: what was asked for and what served", async () => {
    const { rows } = (await answer("agents", "d-subagent-fallback")) as { rows: object[] };
    expect(rows).toContainEqual(
      expect.objectContaining({
        agent: "m-haiku",
        declaredModel: "claude-haiku-5-5",
        servedModels: { "claude-sonnet-5-5": 1 },
        mismatches: 1,
      }),
    );
  });

  it("patterns: a forced model is found by what the calls asked for", async () => {
    const { findings } = (await answer("patterns", "b-env-haiku-force")) as { findings: object[] };
    expect(findings).toMatchObject([{ kind: "forced-agent-model", times: 12, sureness: "hint" }]);
  });

  it("a session that is not there is the user's mistake", async () => {
    const { err, exit } = await runCli(["session", "nope", ...recording("i-fail-revert")]);
    expect(exit).toBe(2);
    expect(err).toContain(`no session begins with "nope"`);
  });

  it("--explain prints the definitions and the tasks behind the figures", async () => {
    const { out } = await runCli(["fallbacks", "--explain", ...recording("i-fail-revert")]);
    expect(out).toContain("success rate: accepted ÷ tasks that started on the tier");
    expect(out).toMatch(/359e3145 +0 \S.* +sonnet +\$0\.04 +accepted +64 +a check passed/);
  });
});

async function demoJson(line: string): Promise<object> {
  return JSON.parse((await runCli([...line.split(" "), "--demo", "--json"])).out) as object;
}

it("a pace counts the days from the first to the last activity", async () => {
  const { rows } = (await demoJson("spend --by day")) as { rows: { key: { day: string } }[] };
  const days = rows.map(({ key }) => Date.parse(key.day)).toSorted((a, b) => a - b);
  const { projection } = (await demoJson("savings")) as { projection: { days: number } };
  expect(projection.days).toBe(((days.at(-1) ?? 0) - (days[0] ?? 0)) / 86_400_000 + 1);
});

describe("the user's own verdict", () => {
  it("shows in the session, and a second one keeps what had been inferred", async () => {
    const home = mkdtempSync(join(tmpdir(), "rolecall-verdict-"));
    const source = [...recording("i-fail-revert").slice(0, 2), "--db", join(home, "db")];
    const run = async (line: string) => {
      const { out } = await runCli([...line.split(" "), ...source, "--json"]);
      return JSON.parse(out) as { inferred: string; verdict: string; tasks: { outcome: string }[] };
    };
    const before = (await run("session 359e")).tasks.at(-1)?.outcome;
    const verdict = before === "accepted" ? "bad" : "good";
    expect(await run(`outcome 359e ${verdict}`)).toMatchObject({ inferred: before, verdict });
    const after = verdict === "good" ? "accepted" : "failed";
    expect((await run("session 359e")).tasks.at(-1)?.outcome).toBe(after);
    expect((await run(`outcome 359e ${verdict}`)).inferred).toBe(before);
    rmSync(home, { recursive: true });
  });
});

it.each(["fallbacks", "overview", "roles"])(
  "%s says if it only counts strong evidence, and suggests what counts the same",
  async (command) => {
    const { out } = await runCli([command, "--demo", "--evidence", "strong"], { columns: 120 });
    expect(out.split("\n")[0]).toMatch(/ · only strong evidence$/);
    expect(out).not.toContain("rolecall roles --demo\n");
  },
);
