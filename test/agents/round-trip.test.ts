import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { installPlugin } from "../helpers/tree.ts";
import { expectEveryByteBack, expectOnlyRoutingChanged, expectUnloadedNamed } from "./round-trip.ts";
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
  it("needs a policy, because the one that ships would add agents that nobody chose", async () => {
    const space = workspace({ ".claude/agents/poet.md": agent("poet", "Writes poems.") });
    const before = space.tree();
    const [project, user] = [
      join(space.project, "rolecall.yaml"),
      join(space.home, ".config/rolecall/rolecall.yaml"),
    ];
    expect(await space.run("adopt", "poet", "--role", "formatter", "--yes")).toMatchObject({
      exit: 2,
      out: "",
      err: `rolecall: ${space.project}: no policy to adopt agents into; nothing was written
  Expected ${project} or ${user}.
  Try rolecall init, which proposes one and asks which agents to adopt.
`,
    });
    expect((await space.run("adopt", "--user", "--yes")).err)
      .toBe(`rolecall: ${join(space.home, ".claude")}: no policy to adopt agents into; nothing was written
  Expected ${user}.
  Try rolecall init --user, which proposes one and asks which agents to adopt.
`);
    expect(space.tree()).toEqual(before);
  });

  it("takes the role that the user names", async () => {
    const space = workspace({
      "rolecall.yaml": "",
      ".claude/agents/poet.md": agent("poet", "Writes poems."),
    });
    expect(await space.run("adopt", "poet", "--role", "formatter", "--yes")).toMatchObject({ exit: 0 });
    expect(space.read(".claude/agents/poet.md")).toContain("model: haiku");
    expect(await space.run("adopt", "poet", "--role", "nobody")).toMatchObject({ exit: 2 });
  });

  it("shows a box, old and new, the change in list price and the whole reason", async () => {
    const space = workspace(
      {
        "rolecall.yaml": "",
        ".claude/agents/a.md": agent("import-sorter", "Sorts imports, runs the linter.", "model: opus\n"),
      },
      undefined,
      80,
    );
    const { out } = await space.run("adopt");
    expect(out).toContain("1  [x]  import-sorter  formatter  opus → haiku, low  -97.5%\n");
    expect(out).toContain('      its name is "import sorter"\n');
  });

  it("brings the user's agents under the user's policy, and only counts them for a project", async () => {
    const space = workspace({ "rolecall.yaml": "" });
    const path = join(space.home, ".claude/agents/fmt.md");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, agent("fmt", "Formats code and fixes lint.", "model: opus\n"));
    expect((await space.run("adopt", "--yes")).out).toContain("1 on the user level: rolecall adopt --user");
    expect(readFileSync(path, "utf8")).toContain("model: opus");
    const policy = join(space.home, ".config/rolecall/rolecall.yaml");
    mkdirSync(dirname(policy), { recursive: true });
    writeFileSync(policy, "");
    expect(await space.run("adopt", "--yes", "--user")).toMatchObject({ exit: 0 });
    expect(readFileSync(path, "utf8")).toContain("model: haiku");
    expect(await space.run("check", "--user")).toMatchObject({ exit: 0 });
  });

  it("offers copies of plugins' agents and never touches their files", async () => {
    const space = workspace({ "rolecall.yaml": "" });
    const original = agent("fmt", "Formats code and fixes lint.", "model: opus\n");
    installPlugin(join(space.home, ".claude"), "tidy", { "agents/format.md": original });
    expect((await space.run("adopt", "--yes")).out).toContain("--plugins");
    expect(space.tree()).not.toHaveProperty([".claude/agents/fmt.md"]);
    expect(await space.run("adopt", "--yes", "--plugins")).toMatchObject({ exit: 0 });
    expect(space.read(".claude/agents/fmt.md")).toBe(
      original.replace("model: opus\n", "model: haiku\neffort: low\n"),
    );
    expect(await space.run("check")).toMatchObject({ exit: 0 });
  });

  it("names a copy after its file where the plugin's agent has no name, which only plugins' agents may", async () => {
    const space = workspace({ "rolecall.yaml": "" });
    const file = "---\ndescription: Formats code and fixes lint.\n---\nBody.\n";
    installPlugin(join(space.home, ".claude"), "tidy", { "agents/fmt.md": file });
    await space.run("adopt", "--yes", "--plugins");
    expect(space.read(".claude/agents/fmt.md")).toBe(
      "---\ndescription: Formats code and fixes lint.\nname: fmt\nmodel: haiku\neffort: low\n---\nBody.\n",
    );
  });
});
