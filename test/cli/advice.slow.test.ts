import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { visibleWidth } from "../../src/render/table.ts";
import { NOW, runCli, transcriptOf } from "../helpers/run-cli.ts";
import { agentFile, writeTree } from "../helpers/tree.ts";
import { drawTasks } from "../worlds/tasks.ts";
import { writeTranscripts } from "../worlds/transcripts.ts";
import { drawWorld } from "../worlds/draw-world.ts";
import type { World } from "../worlds/world.ts";

const DAY_MS = 86_400_000;
const LATER = NOW + 30 * DAY_MS;
const MOVE = "lower-tier-formatter-haiku-high";
const HAIKU = { model: "claude-haiku-5-5", effort: "high" } as const;

/** A user who runs everything on Opus; small enough to be read in a second. */
function smallWorld(): World {
  const world = drawWorld(94, "one-model");
  const roles = world.roles
    .filter(({ role }) => ["explorer", "formatter", "planner", "main"].includes(role))
    .map((role) => ({ ...role, tasksPerDay: Math.min(4, role.tasksPerDay) }));
  return { ...world, roles };
}

/** The same user, whose formatter is an agent that no policy knows. */
function ownAgentsWorld(): World {
  const world = smallWorld();
  return {
    ...world,
    roles: world.roles.map((role) =>
      role.role === "formatter" ? { ...role, role: "sql-keys", agent: "sql-keys" } : role,
    ),
  };
}

/** A home with the world's transcripts, and a project with an agent that asks for Opus. */
function settle(world = smallWorld()): { cwd: string; env: NodeJS.ProcessEnv } {
  const cwd = writeTree({
    ".claude/agents/formatter.md": agentFile("formatter", { model: "opus" }),
  });
  const git = (...args: string[]) => execFileSync("git", args, { cwd });
  git("init", "-q");
  git("add", "-A");
  git("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "begin");
  const root = join(cwd, "../", `claude-${cwd.slice(-6)}`);
  mkdirSync(root, { recursive: true });
  writeTranscripts(root, drawTasks(world, NOW - DAY_MS), world.seed);
  return { cwd, env: { CLAUDE_CONFIG_DIR: root, ROLECALL_DB: join(root, "rolecall.db") } };
}

const words = (line: string) => line.split(" ");

describe("the loop as a terminal shows it", () => {
  for (const columns of [80, 120])
    it(`reads without the docs at ${columns} columns`, async () => {
      const { cwd, env } = settle();
      const place = { cwd, env, columns };
      let shown = "";
      for (const line of [
        "recommend",
        `recommend --why ${MOVE}`,
        `recommend --apply ${MOVE}`,
        `recommend --apply ${MOVE} --yes`,
        "recommend",
        "impact",
      ])
        shown += `${await transcriptOf(words(line), place)}\n`;
      shown = shown.replaceAll(/claude-[\w-]{6}/g, "claude-folder");
      await expect(shown).toMatchFileSnapshot(`advice/loop-${columns}.txt`);
      expect(shown.split("\n").filter((row) => visibleWidth(row) > columns && !row.startsWith("$"))).toEqual(
        [],
      );
    });
});

describe("advice", () => {
  const home = settle();
  const json = async (line: string, now = NOW) => {
    const { out, exit, err } = await runCli(words(`${line} --json`), { ...home, now });
    if (exit === 2) throw new Error(err);
    return JSON.parse(out) as Record<string, unknown> & {
      recommendations: { id: string; subject: { agent: string } }[];
      endedTrials: { id: string; verdict: string }[];
    };
  };
  const ids = async (now = NOW) => (await json("recommend", now)).recommendations.map(({ id }) => id);
  const git = (...args: string[]) => execFileSync("git", args, { cwd: home.cwd, encoding: "utf8" });
  const read = (path: string) => readFileSync(join(home.cwd, path), "utf8");
  const FORMATTER = ".claude/agents/formatter.md";

  it("is the same on every run", async () => expect(await ids()).toEqual(await ids()));

  it("that was dismissed stays dismissed", async () => {
    const own = settle();
    const of = async () =>
      (
        JSON.parse((await runCli(["recommend", "--json"], own)).out) as Awaited<ReturnType<typeof json>>
      ).recommendations.map(({ id }) => id);
    const [first = ""] = await of();
    await runCli(["recommend", "--dismiss", first], own);
    expect(await of()).not.toContain(first);
  });

  it("changes nothing without a yes, and nothing in the demo", async () => {
    const { exit } = await runCli(["recommend", "--apply", MOVE], home);
    expect(exit).toBe(1);
    const demo = JSON.parse((await runCli(["recommend", "--demo", "--json"], home)).out) as Awaited<
      ReturnType<typeof json>
    >;
    const [first] = demo.recommendations;
    await runCli(["recommend", "--demo", "--apply", first?.id ?? "", "--yes"], home);
    expect(git("status", "--short")).toBe("");
    expect(await ids()).toContain(MOVE);
  });

  it("names every key before it writes, writes only those, and leaves check green", async () => {
    const { plans } = (await json(`recommend --apply ${MOVE} --yes`)) as unknown as {
      plans: { keys: { path: string; key: string[]; before: unknown; after: unknown }[] }[];
    };
    expect(plans[0]?.keys).toEqual([
      { path: FORMATTER, key: ["model"], before: "opus", after: "haiku" },
      { path: FORMATTER, key: ["effort"], before: null, after: "high" },
    ]);
    expect(git("status", "--short")).toBe(` M ${FORMATTER}\n`);
    expect((await runCli(["check"], home)).exit).toBe(0);
    expect(await ids()).not.toContain(MOVE);
  });

  it("is undone byte for byte by undo, which also forgets it", async () => {
    await runCli(["undo", "--yes"], home);
    expect(git("status", "--short")).toBe("");
    expect(await ids()).toContain(MOVE);
    expect((await runCli(["impact"], home)).out).toContain("No advice has been applied here");
  });

  it("keeps what the user edited since when it is reverted", async () => {
    await runCli(["recommend", "--apply", MOVE, "--yes"], home);
    writeFileSync(join(home.cwd, FORMATTER), `${read(FORMATTER)}One more line.\n`);
    await runCli(["impact", "--take-back", MOVE, "--yes"], home);
    expect(read(FORMATTER)).toBe(`${agentFile("formatter", { model: "opus" })}One more line.\n`);
    git("checkout", "-q", FORMATTER);
    await runCli(["undo", "--yes"], home);
    await runCli(["undo", "--yes"], home);
    git("checkout", "-q", FORMATTER);
  });

  it("for the main session writes the settings of one person, and reverts them", async () => {
    const main = (await ids()).find((id) => id.includes("-main-")) ?? "";
    await runCli(["recommend", "--apply", main, "--yes"], home);
    expect(JSON.parse(read(".claude/settings.local.json"))).toMatchObject({ model: "sonnet" });
    expect(git("status", "--short")).toBe("?? .claude/settings.local.json\n");
    await runCli(["impact", "--revert", main, "--yes"], home);
    expect(git("status", "--short")).toBe("");
  });

  it("on trial ends by itself: kept if it did well, said in one line before", async () => {
    await runCli(["recommend", "--apply", MOVE, "--yes"], home);
    const after = drawTasks(smallWorld(), LATER, new Map([["formatter", HAIKU]])).map((task) => ({
      ...task,
      outcome: "accepted" as const,
    }));
    writeTranscripts(home.env["CLAUDE_CONFIG_DIR"] ?? "", after, 99);
    for (const report of [
      ["agents"],
      ["fallbacks", "--days", "3"],
      ["savings", "--since", "3d"],
      ["patterns"],
    ]) {
      const { err, exit } = await runCli(report, { ...home, now: LATER });
      expect({ report, exit, err }).toMatchObject({
        exit: 0,
        err: expect.stringContaining("a trial is due: rolecall impact ends it"),
      });
    }
    const { endedTrials } = await json("impact", LATER);
    expect(endedTrials).toMatchObject([{ id: MOVE, verdict: "kept" }]);
    expect(read(FORMATTER)).toContain("model: haiku");
    expect((await json("impact", LATER)).endedTrials).toEqual([]);
  });

  it("on trial ends by itself: reverted byte for byte if it did badly", async () => {
    const own = settle();
    await runCli(["recommend", "--apply", MOVE, "--yes"], own);
    const after = drawTasks(smallWorld(), LATER, new Map([["formatter", HAIKU]])).map((task) => ({
      ...task,
      outcome: task.role === "formatter" ? ("failed" as const) : task.outcome,
    }));
    writeTranscripts(own.env["CLAUDE_CONFIG_DIR"] ?? "", after, 99);
    const { out } = await runCli(["recommend"], { ...own, now: LATER });
    expect(out).toMatch(/Trial ended: formatter: Opus 5.5 medium → Haiku 5.5 high was reverted/);
    expect(execFileSync("git", ["status", "--short"], { cwd: own.cwd, encoding: "utf8" })).toBe("");
    expect(out).not.toContain(`--apply ${MOVE}`);
  });

  it("on trial tells its whole story in a terminal, and leaves no difference", async () => {
    const own = settle();
    let shown = "";
    const type = async (line: string, now = NOW) => {
      shown += `${await transcriptOf(words(line), { ...own, columns: 80, now })}\n`;
    };
    await type(`recommend --apply ${MOVE} --yes`);
    const after = drawTasks(smallWorld(), LATER, new Map([["formatter", HAIKU]])).map((task) => ({
      ...task,
      outcome: task.role === "formatter" ? ("failed" as const) : task.outcome,
    }));
    writeTranscripts(own.env["CLAUDE_CONFIG_DIR"] ?? "", after, 99);
    await type("impact", LATER);
    await type("impact", LATER + DAY_MS);
    const diff = execFileSync("git", ["diff", "--stat"], { cwd: own.cwd, encoding: "utf8" });
    shown += `$ git diff --stat\n${diff}`;
    expect(diff).toBe("");
    await expect(shown.replaceAll(own.cwd, "<project>")).toMatchFileSnapshot("advice/story-80.txt");
  }, 120_000);

  it("on trial is what the hook puts into calls, and a lost one ends when a session starts", async () => {
    const own = settle();
    const env = { ...own.env, XDG_STATE_HOME: join(own.cwd, "..", `state-${own.cwd.slice(-6)}`) };
    const place = { ...own, env };
    const call = {
      tool_name: "Agent",
      tool_input: { prompt: "x", subagent_type: "formatter" },
      cwd: own.cwd,
    };
    const routed = async (now: number) => {
      const { out } = await runCli(["hook", "PreToolUse"], { ...place, now, stdin: JSON.stringify(call) });
      return out === ""
        ? undefined
        : (JSON.parse(out) as { hookSpecificOutput: { updatedInput: object } }).hookSpecificOutput
            .updatedInput;
    };
    await runCli(["init", "--hooks", "--yes"], place);
    expect(await routed(NOW)).toBeUndefined();
    await runCli(["recommend", "--apply", MOVE, "--yes"], place);
    expect(await routed(NOW)).toEqual({ ...call.tool_input, model: "haiku", effort: "high" });
    const after = drawTasks(smallWorld(), LATER, new Map([["formatter", HAIKU]])).map((task) => ({
      ...task,
      outcome: task.role === "formatter" ? ("failed" as const) : task.outcome,
    }));
    writeTranscripts(own.env["CLAUDE_CONFIG_DIR"] ?? "", after, 99);
    const asked: (readonly string[])[] = [];
    const start = { hook_event_name: "SessionStart", source: "startup", cwd: own.cwd };
    const background = (args: readonly string[]) => void asked.push(args);
    const session = await runCli(["hook", "SessionStart"], {
      ...place,
      now: LATER,
      stdin: JSON.stringify(start),
      background,
    });
    expect([session.exit, asked]).toEqual([0, [["hooks", "refresh"]]]);
    const marks = join(env.XDG_STATE_HOME, "rolecall");
    for (const name of readdirSync(marks)) if (name.endsWith("-running")) rmSync(join(marks, name));
    const ends = async (agent: string) =>
      runCli(["hook", "SubagentStop"], {
        ...place,
        now: LATER,
        stdin: JSON.stringify({ cwd: own.cwd, agent_type: agent }),
        background,
      });
    await ends("planner");
    await ends("formatter");
    expect(asked).toHaveLength(2);
    await runCli(["hooks", "refresh"], { ...place, now: LATER });
    expect(readFileSync(join(own.cwd, FORMATTER), "utf8")).toContain("model: opus");
    expect(await routed(LATER)).toBeUndefined();
    const { out: log } = await runCli(["hooks", "log", "--json"], place);
    expect((JSON.parse(log) as { decisions: object[] }).decisions).toMatchObject([
      { decision: "left", why: "its file names opus" },
      { decision: "haiku high", why: `trial ${MOVE}` },
      {
        decision: "reverted",
        agent: "formatter",
        why: expect.stringContaining("success is lower") as string,
      },
      { decision: "left", why: "its file names opus" },
    ]);
    // The next session of the day says what is worth most now, and the one after that says nothing.
    const said = await runCli(["hook", "SessionStart"], {
      ...place,
      now: LATER,
      stdin: JSON.stringify(start),
    });
    expect((JSON.parse(said.out) as { systemMessage: string }).systemMessage).toMatch(
      /^rolecall: .+ saves about \$/,
    );
    expect(
      (await runCli(["hook", "SessionStart"], { ...place, now: LATER, stdin: JSON.stringify(start) })).out,
    ).toBe("");
  });

  it("says which IDs there are where one is misspelt", async () => {
    const { err, exit } = await runCli(["recommend", "--why", "nothing"], home);
    expect(exit).toBe(2);
    expect(err).toContain("Expected one of ");
  });
});

/** The advice on the agent that the world calls sql-keys. */
async function recommendation(home: ReturnType<typeof settle>) {
  const { out } = await runCli(["recommend", "--json"], home);
  const { recommendations } = JSON.parse(out) as {
    recommendations: { id: string; confidence: string; policyPatch: unknown; subject: { agent: string } }[];
  };
  return recommendations.find(({ subject }) => subject.agent === "sql-keys");
}

describe("advice for an agent of the user's own", () => {
  it("changes the file that defines it, whatever that is called", async () => {
    const home = settle(ownAgentsWorld());
    const path = join(home.cwd, ".claude/agents/any-name.md");
    writeFileSync(path, agentFile("sql-keys", { model: "opus" }));
    const { id = "" } = (await recommendation(home)) ?? {};
    const { err, exit } = await runCli(["recommend", "--apply", id, "--yes"], home);
    expect([exit, err]).toEqual([0, expect.not.stringContaining("problem")]);
    expect(readFileSync(path, "utf8")).toMatch(/name: sql-keys\n[^]*model: haiku\neffort: high\n---/);
    expect(readdirSync(join(home.cwd, ".claude/agents")).sort()).toEqual(["any-name.md", "formatter.md"]);
  });

  it("makes up no file for one that is defined elsewhere", async () => {
    const found = await recommendation(settle(ownAgentsWorld()));
    expect(found).toMatchObject({ confidence: "watch", policyPatch: null });
  });
});

describe("advice on an agent of the policy", () => {
  it("changes policy and file together, keeps comments, and reverts both", async () => {
    const home = settle();
    const policy = join(home.cwd, "rolecall.yaml");
    writeFileSync(policy, "# ours\nroles:\n  formatter:\n    model: opus # for now\n");
    await runCli(["adopt", "formatter", "--yes"], home);
    await runCli(["apply", "--yes"], home);
    const before = readFileSync(policy, "utf8");
    const file = () => readFileSync(join(home.cwd, ".claude/agents/formatter.md"), "utf8");
    const { out } = await runCli(["recommend", "--apply", MOVE, "--yes"], home);
    expect(out).toContain("roles.formatter.model: opus → haiku");
    expect(file()).toContain("model: haiku");
    expect((await runCli(["check"], home)).exit).toBe(0);
    await runCli(["impact", "--revert", MOVE, "--yes"], home);
    expect(readFileSync(policy, "utf8")).toBe(before);
    expect(file()).toContain("model: opus");
    expect((await runCli(["check"], home)).exit).toBe(0);
  });
});

describe("an outcome said by hand", () => {
  it("overrides the inferred one", async () => {
    const home = settle();
    const rows = async () =>
      (
        JSON.parse((await runCli(["agents", "--json"], home)).out) as {
          rows: { agent: string; outcomes: Record<string, number> }[];
        }
      ).rows;
    const { sessions } = JSON.parse((await runCli(["sessions", "--json", "--limit", "1"], home)).out) as {
      sessions: { session: string }[];
    };
    const session = sessions[0]?.session ?? "";
    const timeline = JSON.parse((await runCli(["session", session, "--json"], home)).out) as {
      tasks: { agentId?: string; agent: string; outcome: string }[];
    };
    const task = timeline.tasks.find(({ agentId, outcome }) => agentId && outcome === "accepted");
    const failed = async () =>
      (await rows())
        .filter(({ agent }) => agent === task?.agent)
        .reduce((sum, { outcomes }) => sum + (outcomes["failed"] ?? 0), 0);
    const before = await failed();
    const { out } = await runCli(["outcome", `${session}:${task?.agentId}`, "bad"], home);
    expect(out).toContain("counts as bad from now on (the rules had judged: accepted)");
    expect(await failed()).toBe(before + 1);
  });

  it("wants good or bad", async () => {
    const { exit, err } = await runCli(["outcome", "abc", "meh"], settle());
    expect([exit, err.includes("Expected good or bad.")]).toEqual([2, true]);
  });
});
