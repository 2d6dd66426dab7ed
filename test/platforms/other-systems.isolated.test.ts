import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { afterAll, describe, expect, it } from "vitest";
import { createConversation } from "../helpers/conversation.ts";

new Sqlite(":memory:").close(); // its binary is this system's
// Set before any module of rolecall is loaded: what they decide by the system is decided at their start.
const PLATFORM = process.platform;
Object.defineProperty(process, "platform", { value: "darwin" });
afterAll(() => Object.defineProperty(process, "platform", { value: PLATFORM }));
const { workspace } = await import("../agents/workspace.ts");
const { locateClient } = await import("../../src/client/places.ts");

const crlf = (text: string): string => text.replaceAll("\n", "\r\n");

const FILES = {
  ".claude/agents/reviewer.md": crlf(
    "---\nname: reviewer\ndescription: Reviews code.\nmodel: opus\n---\nLook closely.\n",
  ),
  ".claude/settings.json": crlf('{\n  "theme": "dark"\n}\n'),
  "rolecall.yaml": crlf("preset: balanced\nroles:\n  reviewer:\n    agents: [reviewer]\n"),
  "package.json": crlf('{ "scripts": { "test": "node --test" } }\n'),
};

describe("without the open folders of Linux, and with CRLF line ends", () => {
  it("adopt, apply and undo keep every line end, and undo every byte", async () => {
    const space = workspace(FILES);
    const before = space.tree();
    expect((await space.run("adopt", "reviewer", "--adopt", "reviewer", "--yes")).exit).toBe(0);
    expect((await space.run("apply", "--yes")).exit).toBe(0);
    for (const path of [".claude/agents/reviewer.md", ".claude/settings.json"]) {
      expect(space.read(path)).not.toBe(FILES[path as keyof typeof FILES]);
      expect(space.read(path).replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    }
    expect((await space.run("check")).out).toBe("Files and policy are in sync.\n");
    expect((await space.run("uninstall", "--yes")).exit).toBe(0);
    expect(space.tree()).toEqual(before);
  });

  it("a link in the place of a folder is refused", async () => {
    const space = workspace({ "package.json": "{}" });
    mkdirSync(join(space.home, "elsewhere"));
    symlinkSync(join(space.home, "elsewhere"), join(space.project, ".claude"));
    expect((await space.run("init", "--yes")).err).toContain(
      "a symbolic link; rolecall does not write through links",
    );
  });

  it("a checkout that turned line ends into CRLF shows no drift", async () => {
    const space = workspace({ "package.json": "{}" });
    await space.run("init", "--yes");
    for (const path of [
      ".claude/rolecall.lock.json",
      ".claude/agents/Explore.md",
      ".claude/skills/five-phases/SKILL.md",
      "rolecall.yaml",
    ])
      space.write(path, crlf(space.read(path)));
    expect((await space.run("check")).out).toBe("Files and policy are in sync.\n");
  });

  it("the system's folder of managed settings is macOS's", () => {
    expect(locateClient({ cwd: "/", env: {} }).managed).toBe("/Library/Application Support/ClaudeCode");
  });
});

it("transcripts of Windows, with CRLF and a worktree, are one project", async () => {
  const space = workspace();
  for (const [index, cwd] of ["C:\\dev\\shop", "c:\\dev\\shop\\.claude\\worktrees\\cart"].entries()) {
    const talk = createConversation({ start: `2026-11-2${index}T08:00:00Z` });
    talk.prompt(10);
    talk.answer();
    const lines = talk.lines.map((line) => `${JSON.stringify({ ...line, cwd })}\r\n`).join("");
    const folder = join(space.home, `.claude/projects/C--dev-shop${index}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${talk.session}.jsonl`), lines);
  }
  const { out } = await space.run("spend", "--by", "project", "--json");
  const { rows, diagnostics } = JSON.parse(out) as {
    rows: { key: { project: string }; requests: number }[];
    diagnostics: { skipped: number };
  };
  expect(rows.map(({ key, requests }) => [key.project, requests])).toEqual([["C:\\dev\\shop", 2]]);
  expect(diagnostics.skipped).toBe(0);
});
