import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { hiddenBy } from "../../src/client/same-name.ts";
import { readSetup } from "../../src/client/setup.ts";
import { workspace } from "./workspace.ts";

const agent = (name: string, model = "opus") =>
  `---\nname: ${name}\ndescription: Mine.\nmodel: ${model}\n---\nBody.\n`;

type Space = ReturnType<typeof workspace>;

/** Puts a program on the PATH that gives a version as Claude Code does. */
function install({ home }: Space, version: string): void {
  const path = join(home, "bin/claude");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "${version} (Claude Code)"\n`);
  chmodSync(path, 0o755);
}

/** Writes an agent's file outside of the project, and a link to it in the agents folder. */
function link({ home, project }: Space, name: string, text: string): void {
  writeFileSync(join(home, name), text);
  mkdirSync(join(project, ".claude/agents"), { recursive: true });
  symlinkSync(join(home, name), join(project, ".claude/agents", name));
}

it.each([
  ["2.1.332", "Claude Code does not load it: its name contains a colon"],
  ["2.1.200", "[x]  team:code-reviewer  reviewer"],
])("adopt knows what Claude Code %s loads", async (version, said) => {
  const space = workspace({
    "rolecall.yaml": "version: 1\ngenerate: none\n",
    ".claude/agents/rev.md": agent("team:code-reviewer"),
  });
  install(space, version);
  const { out } = await space.run("adopt", "--dry-run");
  expect(out).toContain(said);
});

it("an administrator's agent hides the project's of the same name", async () => {
  const space = workspace({
    ".claude/agents/a.md": agent("a"),
    ".claude/agents/b.md": agent("b"),
    "managed/.claude/agents/a.md": agent("a", "haiku"),
  });
  const { project: cwd, env } = space;
  const setup = await readSetup({ cwd, env, managedDir: join(cwd, "managed") });
  const hidden = setup.loading.flatMap((file) => hiddenBy(file, setup)?.path ?? []);
  expect(hidden).toEqual([join(cwd, "managed/.claude/agents/a.md")]);
});

it("no second agent is created beside a linked one of the same name", async () => {
  const space = workspace({ "rolecall.yaml": "version: 1\ngenerate: [debugger]\n" });
  link(space, "my.md", agent("debugger"));
  const { out } = await space.run("apply", "--yes");
  expect(out).toContain("it is a symbolic link, so it stays as it is");
  expect(Object.keys(space.tree()).filter((path) => path.endsWith(".md"))).toEqual([".claude/agents/my.md"]);
});

it("no second agent is created for the role that a linked one fills", async () => {
  const roles = "roles:\n  debugger:\n    agents: [my-debugger]\n";
  const space = workspace({ "rolecall.yaml": `version: 1\ngenerate: [debugger]\n${roles}` });
  link(space, "my-debugger.md", agent("my-debugger"));
  await space.run("apply", "--yes");
  expect(Object.keys(space.tree())).not.toContain(".claude/agents/debugger.md");
});

it("check is in sync where all agents of the policy are linked", async () => {
  const space = workspace({ "rolecall.yaml": "version: 1\ngenerate: [debugger]\n" });
  link(space, "debugger.md", agent("debugger"));
  await space.run("apply", "--yes");
  expect((await space.run("check")).exit).toBe(0);
});
