import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { visibleWidth } from "../../src/render/table.ts";
import { NOW, runCli, transcriptOf } from "../helpers/run-cli.ts";
import { agentFile, writeTree } from "../helpers/tree.ts";
import { drawTasks } from "../worlds/tasks.ts";
import { writeTranscripts } from "../worlds/transcripts.ts";
import { drawWorld } from "../worlds/draw-world.ts";
import type { World } from "../worlds/world.ts";

const DAY_MS = 86_400_000;
const LATER = NOW + 30 * DAY_MS;
const MOVE = "pin-inherited-explorer-haiku-medium";
const HAIKU = { model: "claude-haiku-5-5", effort: "medium" } as const;

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
    ".git/HEAD": "ref: refs/heads/main\n",
    ".claude/agents/formatter.md": agentFile("formatter", { model: "opus" }),
  });
  const root = join(cwd, "../", `claude-${Math.abs(cwd.length)}-${cwd.slice(-6)}`);
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
      await expect(shown).toMatchFileSnapshot(`advice/loop-${columns}.txt`);
      expect(shown.split("\n").filter((row) => visibleWidth(row) > columns && !row.startsWith("$"))).toEqual(
        [],
      );
    });
});

describe("advice", () => {
  let home: ReturnType<typeof settle>;
  const json = async (line: string, now = NOW) => {
    const { out, exit } = await runCli(words(`${line} --json`), { ...home, now });
    return { exit, ...(JSON.parse(out) as Record<string, unknown> & { recommendations: { id: string }[] }) };
  };
  const ids = async () => (await json("recommend")).recommendations.map(({ id }) => id);

  beforeAll(() => {
    home = settle();
  });

  it("is the same on every run", async () => expect(await ids()).toEqual(await ids()));

  it("that was dismissed stays dismissed", async () => {
    const [first = ""] = await ids();
    await runCli(["recommend", "--dismiss", first], home);
    expect(await ids()).not.toContain(first);
  });

  it("changes nothing without a yes", async () => {
    const { exit } = await runCli(["recommend", "--apply", MOVE], home);
    expect(exit).toBe(1);
    expect(await ids()).toContain(MOVE);
  });

  it("changes the policy and the agent, keeps comments, and undo takes it back", async () => {
    const policy = join(home.cwd, "rolecall.yaml");
    writeFileSync(policy, "# ours\nroles:\n  # it thinks\n  planner:\n    effort: high # enough\n");
    const before = readFileSync(policy, "utf8");
    await runCli(["recommend", "--apply", MOVE, "--yes"], home);
    expect(readFileSync(policy, "utf8")).toMatch(/# ours[^]*# it thinks[^]*effort: high # enough[^]*trial:/);
    expect(readFileSync(join(home.cwd, ".claude/agents/Explore.md"), "utf8")).toContain("model: haiku");
    expect(await ids()).not.toContain(MOVE);
    await runCli(["undo", "--yes"], home);
    expect(readFileSync(policy, "utf8")).toBe(before);
    expect(await ids()).toContain(MOVE);
    await runCli(["recommend", "--apply", MOVE, "--yes"], home);
  });

  it("on trial is reported by its sequential test, and kept", async () => {
    const world = smallWorld();
    const after = drawTasks(world, LATER, new Map([["explorer", HAIKU]]));
    writeTranscripts(home.env["CLAUDE_CONFIG_DIR"] ?? "", after, 99);
    const { impacts } = (await json("impact", LATER)) as unknown as {
      impacts: {
        id: string;
        verdict: string;
        trial: { verdict: string };
        measured: { savingsUsdPerMonth: { mid: number } };
      }[];
    };
    expect(impacts[0]).toMatchObject({ id: MOVE, verdict: "held", trial: { verdict: "keep" } });
    expect(impacts[0]?.measured.savingsUsdPerMonth.mid).toBeGreaterThan(0);
    const { out } = await runCli(["impact", "--keep", MOVE, "--yes"], { ...home, now: LATER });
    expect(out).toContain("rolecall.yaml");
    expect(readFileSync(join(home.cwd, "rolecall.yaml"), "utf8")).not.toContain("trial");
    expect(readFileSync(join(home.cwd, ".claude/agents/Explore.md"), "utf8")).toContain("model: haiku");
  });

  it("says which ids there are where one is misspelt", async () => {
    const { err, exit } = await runCli(["recommend", "--why", "nothing"], home);
    expect(exit).toBe(2);
    expect(err).toContain("Expected one of ");
  });
});

describe("advice for an agent of the user's own", () => {
  const move = "lower-tier-sql-keys-haiku-high";
  const apply = (home: ReturnType<typeof settle>) =>
    runCli(["recommend", "--apply", move, "--yes"], { ...home, now: NOW });

  it("changes its file, and leaves what it is for alone", async () => {
    const home = settle(ownAgentsWorld());
    const path = join(home.cwd, ".claude/agents/sql-keys.md");
    writeFileSync(path, agentFile("sql-keys", { model: "opus" }));
    const { err, exit } = await apply(home);
    expect([exit, err]).toEqual([0, expect.not.stringContaining("problem")]);
    expect(readFileSync(path, "utf8")).toBe(
      agentFile("sql-keys", { model: "haiku" }).replace("haiku\n", "haiku\neffort: high\n"),
    );
  });

  it("makes up no file in the place of one that lies elsewhere", async () => {
    const { err, exit } = await apply(settle(ownAgentsWorld()));
    expect(exit).toBe(2);
    expect(err).toContain("sql-keys has no file in this project that could be changed");
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
      (await rows()).find(({ agent }) => agent === task?.agent)?.outcomes["failed"] ?? 0;
    const before = await failed();
    const { out } = await runCli(["outcome", `${session}:${task?.agentId}`, "bad"], home);
    expect(out).toContain("counts as bad from now on; inferred was accepted");
    expect(await failed()).toBe(before + 1);
  });

  it("wants good or bad", async () => {
    const { exit, err } = await runCli(["outcome", "abc", "meh"], settle());
    expect([exit, err.includes("Expected good or bad.")]).toEqual([2, true]);
  });
});
