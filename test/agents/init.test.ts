import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readRepository } from "../../src/agents/repository.ts";
import { installClaude, workspace } from "./workspace.ts";

const AGENT =
  "---\nname: rust-engineer\ndescription: Implements features in Rust.\nmodel: opus\n---\nBody.\n";

describe("init", () => {
  it("--yes asks nothing, writes the policy and applies it, and a second run changes nothing", async () => {
    const space = workspace(
      { "package.json": '{"scripts":{"test":"vitest"}}', ".claude/agents/r.md": AGENT },
      [],
    );
    const before = space.tree();
    const ran = await space.run("init", "--yes");
    expect(ran).toMatchObject({ exit: 0, asked: [] });
    expect(space.read("rolecall.yaml")).toMatch(
      /^# yaml-language-server: \$schema=[^]*preset: balanced\n[^]*verify: "npm test"\n/,
    );
    expect(space.read(".claude/agents/implementer.md")).toContain("`npm test`");
    expect(space.read(".claude/agents/r.md")).toContain("model: sonnet");
    const after = space.tree();
    expect(await space.run("init", "--yes")).toMatchObject({
      exit: 0,
      out: expect.stringContaining("in step"),
    });
    expect(space.tree()).toEqual(after);
    expect(await space.run("undo", "--yes")).toMatchObject({ exit: 0 });
    expect(space.tree()).toEqual(before);
  });

  it("asks at most four questions, the one before writing included", async () => {
    const space = workspace({ "Cargo.toml": "", ".claude/agents/r.md": AGENT }, ["frugal", "", "n", "y"]);
    const ran = await space.run("init");
    expect(ran.asked).toEqual([
      "Preset (balanced, frugal, quality, subscription) [balanced]: ",
      "Command that runs the tests [cargo test]: ",
      "Bring 1 existing agent under the policy (y, n) [y]: ",
      "Write this? [y/N] ",
    ]);
    expect(space.read("rolecall.yaml")).toContain("preset: frugal\n");
    expect(space.read(".claude/agents/r.md")).toBe(AGENT);
    expect(space.read(".claude/agents/reviewer.md")).toContain("model: haiku");
  });

  it("writes nothing on a no, on a dry run, and without a terminal", async () => {
    const said = workspace({}, ["", "", "no"]);
    expect(await said.run("init")).toMatchObject({ exit: 1 });
    expect(await said.run("init", "--dry-run", "--preset", "quality")).toMatchObject({ exit: 0 });
    expect(said.tree()).toEqual({ ".git/": "" });
    const piped = workspace();
    expect(await piped.run("init")).toMatchObject({ exit: 1, err: expect.stringContaining("--yes") });
    expect(piped.tree()).toEqual({ ".git/": "" });
  });

  it("leaves a policy that is there as it is", async () => {
    const text = "# mine\npreset: quality # mine too\n";
    const space = workspace({ "rolecall.yaml": text });
    expect(await space.run("init", "--yes", "--preset", "frugal")).toMatchObject({ exit: 0 });
    expect(space.read("rolecall.yaml")).toBe(text);
    expect(space.read(".claude/agents/reviewer.md")).toContain("effort: high");
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

  it("--user writes to the configuration folder and undo takes that back, the policy too", async () => {
    const space = workspace();
    expect(await space.run("init", "--yes", "--user")).toMatchObject({ exit: 0 });
    const paths = [".config/rolecall/rolecall.yaml", ".claude/agents/planner.md"].map((path) =>
      join(space.home, path),
    );
    expect(paths.map(existsSync)).toEqual([true, true]);
    expect(space.tree()).toEqual({ ".git/": "" });
    expect(await space.run("undo", "--yes", "--user")).toMatchObject({ exit: 0 });
    expect(paths.map(existsSync)).toEqual([false, false]);
  });
});

describe("init under a policy of the user's", () => {
  it("starts from its preset", async () => {
    const space = workspace();
    mkdirSync(join(space.home, ".config/rolecall"), { recursive: true });
    writeFileSync(join(space.home, ".config/rolecall/rolecall.yaml"), "preset: quality\n");
    await space.run("init", "--yes");
    expect(space.read("rolecall.yaml")).toContain("preset: quality\n");
  });

  it("a preset that there is not is said to be none", async () => {
    const space = workspace({}, ["cheapest", "", ""]);
    expect(await space.run("init")).toMatchObject({
      exit: 2,
      err: expect.stringContaining("balanced, frugal"),
    });
  });
});

describe("a repository", () => {
  it.each([
    [{ "package.json": '{"scripts":{"test":"jest"}}', "pnpm-lock.yaml": "" }, ["JavaScript"], "pnpm test"],
    [
      { "package.json": '{"scripts":{"test":"echo no test specified"}}', "tsconfig.json": "{}" },
      ["TypeScript"],
      undefined,
    ],
    [{ "package.json": "{", "go.mod": "" }, ["JavaScript", "Go"], "go test ./..."],
    [{ "pyproject.toml": "", Makefile: "build:\n\ttrue\ntest: build\n" }, ["Python"], "make test"],
    [{ "Shop.csproj": "" }, ["C#"], "dotnet test"],
    [{}, [], undefined],
  ])("with %j shows its languages and its test command", (files, languages, testCommand) => {
    const { project } = workspace(files);
    expect(readRepository(project)).toEqual({ languages, testCommand });
  });
});
