import { symlinkSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { readAgents } from "../../src/agents/discover.ts";
import { writeTree } from "../helpers/tree.ts";

const agent = (name: string, more = ""): string =>
  `---\nname: ${name}\ndescription: Does ${name}.\n${more}---\n\nBody.\n`;

describe("discovering agents", () => {
  it("finds those of a project and of the user, in sub-folders too, by the name in the front matter", async () => {
    const root = writeTree({
      "shop/.claude/agents/review/a.md": agent(
        "reviewer",
        "model: Opus\neffort: high\ntools: Read, Bash(git log:*)\n",
      ),
      "shop/.claude/agents/notes.md": "# Notes\n",
      "home/agents/b.md": agent("helper", "tools:\n  - Read\n  - Grep\n"),
    });
    const { agents, skipped } = readAgents([
      { level: "project", root: join(root, "shop") },
      { level: "user", root: join(root, "home") },
    ]);
    expect(skipped).toEqual([]);
    expect(agents.map(({ level, path, name }) => [level, relative(root, path), name])).toEqual([
      ["project", "shop/.claude/agents/notes.md", undefined],
      ["project", "shop/.claude/agents/review/a.md", "reviewer"],
      ["user", "home/agents/b.md", "helper"],
    ]);
    expect(agents[1]).toMatchObject({ model: "Opus", effort: "high", tools: ["Read", "Bash(git log:*)"] });
    expect(agents[2]).toMatchObject({ tools: ["Read", "Grep"] });
  });

  it("reads linked files where it follows links, and lists links that lead nowhere", () => {
    const root = writeTree({ "dots/x.md": agent("linked"), "shop/.claude/agents/a.md": agent("a") });
    const at = (name: string) => join(root, "shop/.claude/agents", name);
    symlinkSync(join(root, "dots/x.md"), at("x.md"));
    symlinkSync("gone.md", at("dead.md"));
    symlinkSync("self.md", at("self.md"));
    symlinkSync(".", at("again"));
    const { agents, skipped } = readAgents([
      { level: "project", root: join(root, "shop"), followLinks: true },
    ]);
    expect(agents.map(({ name }) => name)).toEqual(["a", "linked"]);
    const why = "the link leads nowhere";
    expect(skipped).toEqual([
      { path: at("dead.md"), why },
      { path: at("self.md"), why },
    ]);
  });

  it("lists front matter that is too large as not read", () => {
    const root = writeTree({ "shop/.claude/agents/a.md": agent("a", `x: ${"x".repeat(33 * 1024)}\n`) });
    const { agents, skipped } = readAgents([{ level: "project", root: join(root, "shop") }]);
    expect(agents).toEqual([]);
    expect(skipped).toMatchObject([{ why: "its front matter is larger than 32 KB" }]);
  });

  it("names agents of plugins by any value, otherwise by their file, whatever the case of its ending", () => {
    const root = writeTree({
      "agents/a.md": "---\nname: 42\ndescription: d\n---\n",
      "agents/b.md": "---\nname: [x, y]\ndescription: d\n---\n",
      "agents/C.MD": "---\ndescription: d\n---\n",
      "agents/d.md": "---\nname: ''\ndescription: d\n---\n",
      "agents/e.md": "---\nname: { x: y }\ndescription: d\n---\n",
    });
    const { agents } = readAgents([{ level: "plugin", root, plugin: "p" }]);
    expect(agents.map(({ name = "" }) => name).sort()).toEqual(["42", "C", "d", "e", "x,y"]);
  });

  it("lists symbolic links and follows none", async () => {
    const root = writeTree({ "secret/x.md": agent("secret"), "shop/.claude/agents/a.md": agent("a") });
    symlinkSync(join(root, "secret/x.md"), join(root, "shop/.claude/agents/x.md"));
    symlinkSync(join(root, "secret"), join(root, "shop/.claude/agents/more"));
    const { agents, skipped } = readAgents([{ level: "project", root: join(root, "shop") }]);
    expect(agents.map(({ name }) => name)).toEqual(["a"]);
    expect(skipped).toEqual([{ path: join(root, "shop/.claude/agents/x.md"), why: "it is a symbolic link" }]);
  });
});
