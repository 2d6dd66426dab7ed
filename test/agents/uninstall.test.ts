import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { createConversation } from "../helpers/conversation.ts";
import { workspace, type Workspace } from "./workspace.ts";

const REVIEWER =
  "---\nname: reviewer\ndescription: Reviews code.\nmodel: opus # for now\n---\r\nLook closely.\r\n";
const FILES = {
  ".claude/agents/reviewer.md": REVIEWER,
  ".claude/settings.json": '{\n    "theme": "dark",\n    "hooks": {}\n}',
  "CLAUDE.md": "# Shop\n",
  "package.json": '{ "scripts": { "test": "node --test" } }\n',
  ".gitignore": "*.log\n",
};

function git(cwd: string, ...args: string[]): string {
  const who = ["-c", "user.name=a", "-c", "user.email=a@b.c"];
  return execFileSync("git", [...who, ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** A repository with a commit, and a home with settings and sessions in which context grows without end. */
function repository(answers?: string[]): Workspace {
  const space = workspace(FILES, answers);
  git(space.project, "init", "-q");
  git(space.project, "add", "-A");
  git(space.project, "commit", "-qm", "Start");
  homeFile(space, "settings.json", '{"theme":"light"}');
  homeFile(space, "CLAUDE.md", "Be brief.");
  for (let day = 1; day <= 8; day++) {
    const talk = createConversation({ model: "claude-opus-5-5", start: `2026-11-${10 + day}T08:00:00Z` });
    for (let prompt = 0; prompt < 12; prompt++) {
      talk.prompt(100);
      for (let call = 0; call < 8; call++)
        talk.call({ input: { file_path: `/home/dev/shop/f${prompt}-${call}.ts` }, result: 3_300 });
      talk.answer();
    }
    const lines = talk.lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    homeFile(space, `projects/-home-dev-shop/${talk.session}.jsonl`, lines);
  }
  return space;
}

function homeFile({ home }: Workspace, path: string, text: string): void {
  const at = join(home, ".claude", path);
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, text);
}

/** Every file and folder of the configuration folder, with its bytes. */
function configuration({ home }: Workspace): Record<string, string> {
  const folder = join(home, ".claude");
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, entry.isFile() ? readFileSync(path, "latin1") : ""];
    }),
  );
}

function hooksFile(items: readonly object[]): string {
  return `${JSON.stringify({ hooks: { UserPromptSubmit: items } }, null, 2)}\n`;
}

function withoutGit(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith(".git/")));
}

describe("uninstall", () => {
  it("takes out what init, adopt, apply and advice wrote, byte for byte", async () => {
    const space = repository();
    const before = [space.tree(), configuration(space)];
    expect((await space.run("init", "--yes", "--roles", "explorer,planner")).exit).toBe(0);
    expect((await space.run("adopt", "reviewer", "--adopt", "reviewer", "--yes")).exit).toBe(0);
    expect((await space.run("init", "--user", "--yes")).exit).toBe(0);
    const { out } = await space.run("recommend", "--json");
    const ids = (JSON.parse(out) as { changes: { id: string }[] }).changes.map(({ id }) => id);
    expect(ids).toContain("compact-window");
    expect((await space.run("recommend", "--apply", "compact-window", "--yes")).exit).toBe(0);
    expect(space.read(".claude/agents/reviewer.md")).not.toBe(REVIEWER);

    const { exit, out: shown } = await space.run("uninstall", "--yes");
    expect({ exit, shown }).toEqual({ exit: 0, shown: expect.stringMatching(/remove +rolecall\.yaml/) });
    expect(git(space.project, "status", "--porcelain", "--ignored")).toBe("");
    expect(withoutGit(space.tree())).toEqual(withoutGit(before[0] ?? {}));
    expect(configuration(space)).toEqual(before[1]);
    expect((await space.run("uninstall")).out).toBe("Nothing of rolecall is here.\n");
  }, 120_000);

  it("shows the plan and asks first; a no, and a dry run, change nothing", async () => {
    const space = repository(["n"]);
    await space.run("init", "--yes");
    const before = space.tree();
    expect(await space.run("uninstall")).toMatchObject({ exit: 1, asked: ["Remove all of this? [y/N] "] });
    expect((await space.run("uninstall", "--dry-run")).exit).toBe(0);
    expect(space.tree()).toEqual(before);
  });

  it("removes files by the lock in a clone, which has no journal", async () => {
    const space = repository();
    await space.run("init", "--yes", "--roles", "explorer");
    rmSync(join(space.project, ".claude/rolecall-undo"), { recursive: true });
    const { out } = await space.run("uninstall", "--yes");
    expect(out).toContain("stays: your policy was edited since, or is not from this machine");
    expect(git(space.project, "status", "--porcelain")).toBe("?? rolecall.yaml\n");
  });

  it("leaves an agent file that the user edited, and takes a hook that the user added", async () => {
    const space = repository();
    await space.run("init", "--yes", "--roles", "explorer");
    space.write(".claude/agents/Explore.md", `${space.read(".claude/agents/Explore.md")}My own rule.\n`);
    const own = { hooks: [{ type: "command", command: "make lint" }] };
    const ours = { hooks: [{ type: "command", command: "rolecall hook UserPromptSubmit --above 3" }] };
    space.write(".claude/settings.local.json", hooksFile([own, ours]));
    const { out } = await space.run("uninstall", "--yes");
    expect(out).toContain("stays: it was there before, or was edited since");
    expect(space.read(".claude/agents/Explore.md")).toContain("My own rule.");
    expect(JSON.parse(space.read(".claude/settings.local.json"))).toEqual(JSON.parse(hooksFile([own])));
  });

  it("deletes store, cache and configuration only on request", async () => {
    const space = repository();
    await space.run("spend");
    const config = join(space.home, ".config/rolecall/config.yaml");
    mkdirSync(dirname(config), { recursive: true });
    writeFileSync(config, "accounts: {}\n");
    await space.run("uninstall", "--yes");
    expect(existsSync(join(space.home, "rolecall.db"))).toBe(true);
    expect((await space.run("uninstall", "--store", "--yes")).out).toContain(join(space.home, "rolecall.db"));
    const left = readdirSync(space.home).filter((name) => name.startsWith("rolecall"));
    expect([left, existsSync(join(space.home, ".cache/rolecall")), existsSync(config)]).toEqual([
      [],
      false,
      false,
    ]);
  });
});
