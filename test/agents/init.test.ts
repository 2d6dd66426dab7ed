import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { installPlugin } from "../helpers/tree.ts";
import { installClaude, type Workspace, workspace } from "./workspace.ts";

const DEMO = join(import.meta.dirname, "../../fixtures/demo/projects/-home-dev-landing");

const agent = (name: string, more = "", description = "Anything."): string =>
  `---\nname: ${name}\ndescription: ${description}\n${more}---\nBody.\n`;

/** The agents and the policy of a workspace, as paths. */
const written = (space: Workspace): string[] =>
  Object.keys(space.tree()).filter((path) => /\.md$|\.yaml$/.test(path));

/** Puts a file into the home folder. */
function atHome({ home }: Workspace, path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
}

describe("init", () => {
  it("--yes asks nothing, writes the policy and applies it, and a second run changes nothing", async () => {
    const space = workspace(
      {
        "package.json": '{"scripts":{"test":"vitest"}}',
        ".claude/agents/r.md": agent("rust-engineer", "model: opus\n"),
      },
      [],
    );
    const before = space.tree();
    expect(await space.run("init", "--yes")).toMatchObject({ exit: 0, asked: [] });
    expect(space.read("rolecall.yaml")).toMatch(
      /^# yaml-language-server: \$schema=[^]*preset: balanced\n[^]*generate: \[planner, reviewer, explorer\]\n[^]*verify: "npm test"\n[^]* {2}implementer:\n {4}agents: \["rust-engineer"\]\n$/,
    );
    expect(written(space)).toEqual([
      ".claude/agents/Explore.md",
      ".claude/agents/Plan.md",
      ".claude/agents/r.md",
      ".claude/agents/reviewer.md",
      ".claude/skills/five-phases/SKILL.md",
      "rolecall.yaml",
    ]);
    expect(space.read(".claude/skills/five-phases/SKILL.md")).toContain(
      "Give each step to the `rust-engineer` agent",
    );
    expect(space.read(".claude/agents/r.md")).toContain("model: sonnet");
    const after = space.tree();
    expect(await space.run("init", "--yes")).toMatchObject({
      exit: 0,
      out: expect.stringContaining("in sync"),
    });
    expect(space.tree()).toEqual(after);
    expect(await space.run("undo", "--yes")).toMatchObject({ exit: 0 });
    expect(space.tree()).toEqual(before);
  });

  it("writes nothing on a no, on a dry run, and without a terminal", async () => {
    const declined = workspace({}, ["no"]);
    expect(await declined.run("init")).toMatchObject({ exit: 1, err: "Nothing was written.\n" });
    expect(await declined.run("init", "--dry-run", "--preset", "quality")).toMatchObject({ exit: 0 });
    expect(declined.tree()).toEqual({ ".git/": "" });
    const piped = workspace();
    expect(await piped.run("init")).toMatchObject({ exit: 1, err: expect.stringContaining("--yes") });
    expect(piped.tree()).toEqual({ ".git/": "" });
  });

  it("leaves a policy that exists as it is", async () => {
    const text = "# mine\npreset: quality # mine too\n";
    const space = workspace({ "rolecall.yaml": text });
    expect(await space.run("init", "--yes", "--preset", "frugal")).toMatchObject({ exit: 0 });
    expect(space.read("rolecall.yaml")).toBe(text);
    expect(space.read(".claude/agents/reviewer.md")).toContain("effort: high");
  });

  it("starts from the preset of the user's own policy", async () => {
    const space = workspace();
    atHome(space, ".config/rolecall/rolecall.yaml", "preset: quality\n");
    await space.run("init", "--yes");
    expect(space.read("rolecall.yaml")).toContain("preset: quality\n");
  });

  it("sets no default model for agents where an older Claude Code would put every agent on it", async () => {
    for (const [version, model] of [
      ["2.1.250", undefined],
      ["2.1.251", "sonnet"],
      ["2.1.329", "sonnet"],
    ] as const) {
      const space = workspace();
      installClaude(space.home, version);
      expect(await space.run("init", "--yes")).toMatchObject({
        exit: 0,
        out: expect.stringContaining(version),
      });
      const settings = JSON.parse(space.read(".claude/settings.json")) as { env?: Record<string, string> };
      expect(settings.env?.["CLAUDE_CODE_SUBAGENT_MODEL"]).toBe(model);
    }
  });

  it("--user writes to the configuration folder and undo reverts that, the policy too", async () => {
    const space = workspace();
    expect(await space.run("init", "--yes", "--user")).toMatchObject({ exit: 0 });
    const paths = [".config/rolecall/rolecall.yaml", ".claude/agents/Plan.md"].map((path) =>
      join(space.home, path),
    );
    expect(paths.map(existsSync)).toEqual([true, true]);
    expect(space.tree()).toEqual({ ".git/": "" });
    expect(await space.run("undo", "--yes", "--user")).toMatchObject({ exit: 0 });
    expect(paths.map(existsSync)).toEqual([false, false]);
  });
});

describe("the plan of init", () => {
  const files = {
    "Cargo.toml": "[package]\n",
    ".claude/agents/a.md": agent("lint-fixer", "model: opus\n"),
    ".claude/agents/b.md": agent("pr-reviewer", "model: haiku\n"),
  };

  it("is on the screen as a whole before the one question", async () => {
    const space = workspace(files, ["n"]);
    const { out, asked } = await space.run("init");
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(/^Write this\? \[y\/N\] or numbers to switch agents/);
    for (const part of [
      "Verify       cargo test",
      "New agents   planner, implementer, explorer",
      "lint-fixer",
      "rolecall.yaml",
    ])
      expect(out).toContain(part);
  });

  it("is shown again after each change, and written as it was shown last", async () => {
    const space = workspace(files, [
      "1-2",
      "preset frugal",
      "verify make all",
      "roles debugger",
      "what?",
      "y",
    ]);
    const ran = await space.run("init");
    expect(ran).toMatchObject({ exit: 0, err: expect.stringContaining('"what?": expected y, n or') });
    expect(ran.out.match(/Existing agents/g)).toHaveLength(5);
    expect(space.read("rolecall.yaml")).toMatch(
      /preset: frugal\n[^]*generate: \[debugger\]\n[^]*verify: "make all"/,
    );
    expect(space.read(".claude/agents/a.md")).toBe(files[".claude/agents/a.md"]);
    expect(space.read(".claude/agents/b.md")).toContain("model: haiku\neffort: high\n");
    expect(written(space)).toContain(".claude/agents/debugger.md");
  });

  it("takes no word and no role that does not exist", async () => {
    const space = workspace(files, ["preset cheapest", "roles poet", "7", "n"]);
    expect((await space.run("init")).err.match(/expected y, n or/g)).toHaveLength(3);
    expect(await space.run("init", "--roles", "reviwer")).toMatchObject({
      exit: 2,
      err: expect.stringContaining("Try reviewer."),
    });
    expect(await space.run("init", "--yes", "--adopt", "lint-fixr")).toMatchObject({
      exit: 2,
      err: expect.stringContaining("Expected one of lint-fixer, pr-reviewer."),
    });
  });

  it("creates no agent with --minimal", async () => {
    const space = workspace();
    expect(await space.run("init", "--yes", "--minimal")).toMatchObject({ exit: 0 });
    expect(written(space)).toEqual(["rolecall.yaml"]);
    expect(space.read("rolecall.yaml")).toContain("generate: none\n");
  });

  it("creates an agent for each role with --roles all", async () => {
    const space = workspace();
    await space.run("init", "--yes", "--roles", "all");
    expect(written(space).filter((path) => path.includes("/agents/"))).toHaveLength(10);
    expect(space.read("rolecall.yaml")).not.toContain("generate");
  });

  it("creates none for a role that an agent of the user's or of a plugin fills", async () => {
    const space = workspace();
    atHome(space, ".claude/agents/r.md", agent("reviewer"));
    installPlugin(join(space.home, ".claude"), "tidy", { "agents/explorer.md": agent("explorer") });
    await space.run("init", "--yes");
    expect(space.read("rolecall.yaml")).toContain("generate: [planner, implementer]\n");
    expect(space.read("rolecall.yaml")).not.toContain("roles:");
  });
});

describe("existing agents", () => {
  const LEFT: [why: string, more: string, description?: string, name?: string][] = [
    ["more expensive", "model: haiku\n"],
    ["more effort", "model: opus\neffort: low\n"],
    ["gpt-5 is an exact model", "model: gpt-5\n"],
    ["large context window", "model: opus[1m]\n", "Anything.", "lint-fixer"],
    ["effort: max", "model: opus\neffort: max\n", "Anything.", "lint-fixer"],
    ["exact model", "model: claude-opus-4-6\n", "Anything.", "lint-fixer"],
    ["a comment beside its model", "model: opus # we tried sonnet\n", "Anything.", "lint-fixer"],
    ["a comment beside its model", "# never cheaper\nmodel: opus\n", "Anything.", "lint-fixer"],
    ["mistakes are costly", "model: opus\n", "Formats migrations. Mistakes here are costly.", "lint-fixer"],
  ];

  it.each(LEFT)("are left by default: %s (%j)", async (why, more, description, name = "pr-reviewer") => {
    const text = agent(name, more, description);
    const space = workspace({ ".claude/agents/a.md": text });
    const { out } = await space.run("init", "--yes");
    const words: Record<string, string> = {
      "more expensive": "it would cost more: claude-opus-5-5 at $20",
      "more effort": "it would cost more: effort medium",
    };
    expect(out).toContain(words[why] ?? why);
    expect(space.read(".claude/agents/a.md")).toBe(text);
    expect(await space.run("init", "--yes", "--adopt", name)).toMatchObject({ exit: 0 });
    expect(space.read(".claude/agents/a.md")).not.toBe(text);
  });

  it("are adopted by default if they get cheaper or stay as they are, and left with --leave", async () => {
    const files = {
      ".claude/agents/a.md": agent("lint-fixer", "model: sonnet\n"),
      ".claude/agents/b.md": agent("pr-reviewer", "model: opus\n"),
      ".claude/agents/c.md": agent("go-debugger"),
    };
    const space = workspace(files);
    // Without a model it runs on the session's, which is Opus by default.
    expect((await space.run("init", "--dry-run")).out).toMatch(
      /go-debugger +debugger +inherits → sonnet, medium +-50%/,
    );
    expect(await space.run("init", "--yes", "--leave", "pr-reviewer,go-debugger")).toMatchObject({ exit: 0 });
    expect(space.read("rolecall.yaml")).toContain("generate: [planner, implementer, explorer]\n");
    expect(space.read(".claude/agents/a.md")).toContain("model: haiku");
    expect(space.read(".claude/agents/b.md")).toBe(files[".claude/agents/b.md"]);
  });
});

/** Copies a demo project into the transcripts of a workspace, as if its work had been done there. */
function withHistory(space: Workspace): void {
  const target = join(space.home, ".claude/projects/-shop");
  cpSync(DEMO, target, { recursive: true });
  for (const file of globSync("**/*.jsonl", { cwd: target }))
    writeFileSync(
      join(target, file),
      readFileSync(join(target, file), "utf8").replaceAll("/home/dev/landing", space.project),
    );
}

describe("init where transcripts of the repository exist", () => {
  it("shows the agents that were called and creates agents for the roles that occur", async () => {
    const space = workspace({ ".claude/agents/r.md": agent("reviewer", "model: opus\n") });
    withHistory(space);
    const { out } = await space.run("init", "--yes");
    expect(out).toMatch(/History +\S+ \(\d+ runs?, \$\d+\.\d+, \d+% accepted\)/);
    expect(out).toContain("the policy names it; never called here");
    const generate = /generate: \[(.*)\]/.exec(space.read("rolecall.yaml"))?.[1]?.split(", ") ?? [];
    expect(generate).not.toContain("reviewer");
    expect(generate).toContain("explorer");
    expect(generate.length).toBeLessThan(6);
    const json = JSON.parse((await space.run("init", "--json", "--dry-run")).out) as {
      history: { agents: { agent: string; runs: number; costUsd: number }[] };
    };
    expect(json.history.agents.every(({ runs, costUsd }) => runs > 0 && costUsd > 0)).toBe(true);
  });

  it("of another repository plans as without", async () => {
    const space = workspace();
    atHome(space, ".claude/projects/-x/a.jsonl", "");
    expect((await space.run("init", "--dry-run")).out).toContain("History      none of this repository");
  });
});

describe("init somewhere else than in the root of a repository", () => {
  it("proposes --user in the home folder", async () => {
    const space = workspace();
    const refused = await space.runIn(space.home, "init", "--yes");
    expect(refused).toMatchObject({ exit: 2, err: expect.stringContaining("rolecall init --user") });
    expect(existsSync(join(space.home, ".claude/agents"))).toBe(false);
  });

  it("sets up the package of a monorepo, with its own checks", async () => {
    const space = workspace({
      "pnpm-lock.yaml": "",
      "package.json": "{}",
      "packages/api/package.json": '{"scripts":{"test":"vitest"}}',
    });
    expect(await space.runIn(join(space.project, "packages/api"), "init", "--yes")).toMatchObject({
      exit: 0,
    });
    expect(space.read("packages/api/rolecall.yaml")).toContain('verify: "pnpm test"');
    expect(space.read("packages/api/.claude/settings.json")).toContain("opusplan");
    expect(existsSync(join(space.project, ".claude"))).toBe(false);
    expect(await space.runIn(join(space.project, "packages/api"), "check")).toMatchObject({ exit: 0 });
    expect(await space.runIn(join(space.project, "packages/api"), "undo", "--yes")).toMatchObject({
      exit: 0,
    });
    expect(existsSync(join(space.project, "packages/api/.claude"))).toBe(false);
  });

  it("sets up the root from any other folder, and says what does not reach there", async () => {
    const space = workspace({
      "go.mod": "module x\n",
      "internal/a.go": "",
      "rolecall.yaml": "generate: none\n",
    });
    const ran = await space.runIn(join(space.project, "internal"), "init", "--yes");
    expect(ran.out).toContain("Sessions that start in internal get the agents of");
    expect(space.read(".claude/settings.json")).toContain("opusplan");
    expect((await space.runIn(join(space.project, "internal"), "doctor")).out).toContain(
      "settings-out-of-reach",
    );
  });
});
