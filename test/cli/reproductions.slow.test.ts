import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HISTORY_NOW, type KnownHistory, unpackHistory } from "../helpers/known-history.ts";
import { runCli } from "../helpers/run-cli.ts";
import { agentFile } from "../helpers/tree.ts";

const SINCE = ["--since", "2026-10-01"];

interface Advised {
  id: string;
  kind: string;
  subject: { agent: string | null; category: string | null };
  proposed: { model: string } | null;
  savingsUsdPerMonth: { mid: number };
}

async function run(history: KnownHistory, ...args: string[]) {
  const ran = await runCli(args, { ...history, now: HISTORY_NOW });
  if (ran.exit > 1) throw new Error(ran.err);
  return ran;
}

async function json<T>(history: KnownHistory, ...args: string[]): Promise<T> {
  return JSON.parse((await run(history, ...args, "--json")).out) as T;
}

async function advise(history: KnownHistory) {
  return json<{ recommendations: Advised[]; changes: { kind: string }[] }>(history, "recommend", ...SINCE);
}

const movesOf = ({ recommendations }: Awaited<ReturnType<typeof advise>>) =>
  recommendations.map(({ kind, subject, proposed }) => [kind, subject.agent, proposed?.model]);

const git = ({ cwd }: KnownHistory, ...args: string[]) =>
  execFileSync("git", args, { cwd, encoding: "utf8" });
const agentsIn = ({ cwd }: KnownHistory) => readdirSync(join(cwd, ".claude/agents")).toSorted();

describe("a history in which everything runs on Opus", () => {
  const history = unpackHistory("all-opus");
  const files = agentsIn(history);

  it("has advice on agents by the file that defines them, and no simulation of the same", async () => {
    const found = await advise(history);
    expect(movesOf(found)).toEqual(
      expect.arrayContaining([
        ["lower-tier", "tester", "claude-sonnet-5-5"],
        ["lower-tier", "implementer", "claude-sonnet-5-5"],
        ["lower-tier", "main", "claude-sonnet-5-5"],
      ]),
    );
    expect(found.changes.map(({ kind }) => kind)).not.toContain("agent-model");
  });

  it("applies what it names to the files that run, leaves check green, and reverts to the byte", async () => {
    const ids = [
      "lower-tier-tester-sonnet-medium",
      "lower-tier-implementer-sonnet-medium",
      "lower-tier-main-sonnet-medium",
    ];
    const { out } = await run(history, "recommend", ...SINCE, "--apply", ...ids, "--yes");
    for (const key of [
      "model: opus → sonnet",
      "effort: none → medium",
      "env.CLAUDE_CODE_SUBAGENT_MODEL: none → opus",
    ])
      expect(out).toContain(key);
    expect(agentsIn(history)).toEqual(files);
    expect(git(history, "status", "--short")).toBe(
      " M .claude/agents/implementer.md\n M .claude/agents/tester.md\n?? .claude/settings.local.json\n",
    );
    expect(JSON.parse(readFileSync(join(history.cwd, ".claude/settings.local.json"), "utf8"))).toEqual({
      model: "sonnet",
      env: { CLAUDE_CODE_SUBAGENT_MODEL: "opus" },
    });
    expect((await run(history, "check")).exit).toBe(0);
    const during = await advise(history);
    expect(during.changes.map(({ kind }) => kind)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(agent|main)-model$/)]),
    );
    await run(history, "impact", "--revert", ...ids, "--yes");
    expect(git(history, "status", "--short")).toBe("");
  });
});

describe("a history", () => {
  it("in which agents fail on Haiku moves both up to Sonnet", async () => {
    const moves = movesOf(await advise(unpackHistory("half-fails-on-haiku")));
    expect(moves).toEqual(
      expect.arrayContaining([
        ["higher-tier", "refactorer", "claude-sonnet-5-5"],
        ["higher-tier", "architect", "claude-sonnet-5-5"],
      ]),
    );
  });

  it("with two kinds of work in one agent splits it, and moves the whole of neither", async () => {
    const { recommendations } = await advise(unpackHistory("two-kinds-of-work"));
    for (const agent of ["worker", "dev-helper"])
      expect(recommendations.filter(({ subject }) => subject.agent === agent)).toMatchObject([
        { kind: "split-role", subject: { category: "docs" }, proposed: { model: "claude-haiku-5-5" } },
      ]);
  });

  it.each(["escalated-at-once", "escalated-75-percent"])(
    "like %s goes straight to Opus, and claims its runs once",
    async (name) => {
      const history = unpackHistory(name);
      const found = await advise(history);
      expect(movesOf(found)).toEqual([["direct-to-opus", "debugger", "claude-opus-5-5"]]);
      expect(found.changes).toEqual([]);
      const { out } = await run(history, "recommend", ...SINCE, "--why", found.recommendations[0]?.id ?? "");
      expect(out).not.toContain("second attempt");
      const { escalation } = await json<{ escalation?: unknown }>(
        history,
        "fallbacks",
        "--role",
        "debugger",
        ...SINCE,
      );
      expect(escalation).toBeUndefined();
    },
  );

  it("without a cache has no cost of changes of model", async () => {
    const { out } = await run(unpackHistory("no-cache"), "savings", ...SINCE);
    expect(out).toContain("289 model switches within a conversation did not write a cache again");
    expect(out).not.toContain("in cache writes, which");
  });

  it("in which Sonnet succeeds everywhere has no advice on a budget", async () => {
    const { recommendations } = await advise(unpackHistory("budget"));
    expect(recommendations.map(({ kind }) => kind)).not.toContain("budget");
  });
});

const REVIEWER = ".claude/agents/code-reviewer.md";
const naming = (model: string) => agentFile("code-reviewer", { model });
const settle = (model: string, files: Readonly<Record<string, string>> = {}) =>
  unpackHistory("declared-then-and-now", { [REVIEWER]: naming(model), ...files });
const rowsOf = async (history: KnownHistory) => {
  const { rows } = await json<{
    rows: { declaredModel: string | null; runs: number; mismatches: number }[];
  }>(history, "agents", ...SINCE);
  return rows.map(({ declaredModel, runs, mismatches }) => [declaredModel, runs, mismatches]);
};
/** Commits the file as of before the runs. */
const commitBefore = (history: KnownHistory) => {
  const date = "2026-11-01T00:00:00Z";
  const env = { ...process.env, GIT_COMMITTER_DATE: date };
  const who = ["-c", "user.name=a", "-c", "user.email=a@b.c"];
  execFileSync("git", [...who, "commit", "-q", "--amend", "--no-edit", "--date", date], {
    cwd: history.cwd,
    env,
  });
};
const write = ({ cwd }: KnownHistory, model: string) => writeFileSync(join(cwd, REVIEWER), naming(model));

describe("the model that an agent was declared to run on", () => {
  it("is not what its file says today", async () => {
    const history = settle("opus");
    commitBefore(history);
    write(history, "haiku");
    expect(await rowsOf(history)).toEqual([["claude-opus-5-5", 5, 0]]);
  });

  it("is what its file said then, by the history of the repository", async () => {
    const history = settle("haiku");
    commitBefore(history);
    write(history, "opus");
    expect(await rowsOf(history)).toEqual([["haiku", 5, 5]]);
    expect((await runCli(["agents", ...SINCE], { ...history, now: HISTORY_NOW, columns: 80 })).out).toMatch(
      /Agent +Declared +Served +Mismatches +Effort +Runs\n─+\ncode-reviewer +Haiku +Opus 5.5 +5 +medium +5\n/i,
    );
  });

  it("is what its file said then, by the journal of rolecall", async () => {
    const history = settle("haiku", {
      ".gitignore": ".claude\n",
      "rolecall.yaml": "roles:\n  reviewer:\n    model: opus\n    agents: [code-reviewer]\n",
    });
    const then = new Date("2026-11-01T00:00:00Z");
    utimesSync(join(history.cwd, REVIEWER), then, then);
    expect(await rowsOf(history)).toEqual([["haiku", 5, 5]]);
    await run(history, "adopt", "code-reviewer", "--yes");
    await run(history, "apply", "--yes");
    expect(readFileSync(join(history.cwd, REVIEWER), "utf8")).toContain("model: opus");
    expect(await rowsOf(history)).toEqual([["haiku", 5, 5]]);
  });

  it("splits the runs of an agent that were declared differently", async () => {
    expect(await rowsOf(unpackHistory("escalated-at-once"))).toEqual([
      ["claude-opus-5-5", 180, 0],
      ["claude-sonnet-5-5", 240, 0],
    ]);
  });
});
