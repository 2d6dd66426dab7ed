import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type Adopted,
  expectEveryByteBack,
  expectOnlyRoutingChanged,
  expectUnloadedNamed,
} from "./round-trip.ts";
import { wildFiles } from "./wild.ts";
import { workspace } from "./workspace.ts";

const agent = (name: string, description: string, more = ""): string =>
  `---\nname: ${name}\ndescription: ${description}\n${more}---\nBody.\n`;

describe("60 agent files as found in the wild", () => {
  const files = wildFiles(60);

  it("adopt, apply and undo give back every byte", () => expectEveryByteBack(files));

  it("only model and effort of adopted files change, and read back as the policy says", () =>
    expectOnlyRoutingChanged(files));

  it("those that Claude Code does not load stay as they are, and are named with the reason", () =>
    expectUnloadedNamed(files));
});

describe("adopt", () => {
  it.each([
    ["vuln-hunter", "Hunts for vulnerabilities and leaked secrets.", "", "security-reviewer"],
    ["code-reviewer", "Anything.", "", "reviewer"],
    ["pr-critic", "Reviews pull requests and gives feedback on style.", "tools: Read, Grep\n", "reviewer"],
    ["pytest-writer", "Writes tests with good coverage for Python modules.", "", "test-writer"],
    ["rust-engineer", "Implements features in Rust.", "", "implementer"],
    ["readme-keeper", "Keeps the documentation and the changelog current.", "", "commit-and-docs"],
    [
      "where-is-it",
      "Finds and locates symbols, searches the code base.",
      "tools: Read, Grep, Glob\n",
      "explorer",
    ],
    ["system-architect", "Designs scalable services.", "", "architect"],
    ["task-planner", "Breaks down work into steps and coordinates agents.", "", "planner"],
    ["lint-fixer", "Formats files and fixes lint.", "", "formatter"],
    ["incident-responder", "Troubleshoots incidents, finds the root cause.", "", "debugger"],
    ["poet", "Writes poems.", "", undefined],
  ])("takes %s for its role by what it says of itself", async (name, description, more, role) => {
    const space = workspace({ ".claude/agents/a.md": agent(name, description, more) });
    const { adoptions } = JSON.parse((await space.run("adopt", "--json")).out) as Adopted;
    expect(adoptions[0]?.role).toBe(role);
  });

  it("takes the role that the user names", async () => {
    const space = workspace({ ".claude/agents/poet.md": agent("poet", "Writes poems.") });
    expect(await space.run("adopt", "poet", "--role", "formatter", "--yes")).toMatchObject({ exit: 0 });
    expect(space.read(".claude/agents/poet.md")).toContain("model: haiku");
    expect(await space.run("adopt", "poet", "--role", "nobody")).toMatchObject({ exit: 2 });
  });

  it("shows old and new and the change in list price", async () => {
    const space = workspace({
      ".claude/agents/a.md": agent("import-sorter", "Sorts imports, runs the linter.", "model: opus\n"),
    });
    const { out } = await space.run("adopt");
    expect(out).toMatch(/import-sorter +formatter +opus → haiku, low +−97\.5 % +its name says "import"/);
  });

  it("brings the user's agents under the user's policy, and only counts them for a project", async () => {
    const space = workspace();
    const path = join(space.home, ".claude/agents/fmt.md");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, agent("fmt", "Formats code and fixes lint.", "model: opus\n"));
    expect((await space.run("adopt", "--yes")).out).toContain("1 on the user level: rolecall adopt --user");
    expect(readFileSync(path, "utf8")).toContain("model: opus");
    expect(await space.run("adopt", "--yes", "--user")).toMatchObject({ exit: 0 });
    expect(readFileSync(path, "utf8")).toContain("model: haiku");
    expect(await space.run("check", "--user")).toMatchObject({ exit: 0 });
  });

  it("offers copies of plugins' agents and never touches their files", async () => {
    const space = workspace();
    const path = join(space.home, ".claude/plugins/cache/market/tidy/1.0.0/agents/format.md");
    mkdirSync(dirname(path), { recursive: true });
    const original = agent("fmt", "Formats code and fixes lint.", "model: opus\n");
    writeFileSync(path, original);
    expect((await space.run("adopt", "--yes")).out).toContain("--plugins");
    expect(space.tree()).not.toHaveProperty([".claude/agents/fmt.md"]);
    expect(await space.run("adopt", "--yes", "--plugins")).toMatchObject({ exit: 0 });
    expect(space.read(".claude/agents/fmt.md")).toBe(
      original.replace("model: opus\n", "model: haiku\neffort: low\n"),
    );
    expect(await space.run("check")).toMatchObject({ exit: 0 });
  });

  it("names a copy after its file where the plugin's agent has no name, which only plugins' agents may", async () => {
    const space = workspace();
    const path = join(space.home, ".claude/plugins/cache/market/tidy/1.0.0/agents/fmt.md");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, "---\ndescription: Formats code and fixes lint.\n---\nBody.\n");
    await space.run("adopt", "--yes", "--plugins");
    expect(space.read(".claude/agents/fmt.md")).toBe(
      "---\ndescription: Formats code and fixes lint.\nname: fmt\nmodel: haiku\neffort: low\n---\nBody.\n",
    );
  });
});
