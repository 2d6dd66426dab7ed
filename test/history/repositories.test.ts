import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repositoryFinder } from "../../src/history/repositories.ts";
import { rolecall } from "../helpers/spend-process.ts";
import { writeTree } from "../helpers/tree.ts";

const git = (cwd: string, ...args: string[]) =>
  execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
    cwd,
    stdio: "ignore",
  });

/** A transcript of one request in a folder. */
function transcript(cwd: string, id: string): string {
  const usage = { input_tokens: 1000, output_tokens: 100 };
  const message = { id: `msg_${id}`, role: "assistant", model: "claude-opus-5-5", content: [], usage };
  const entry = {
    type: "assistant",
    uuid: id,
    requestId: `req_${id}`,
    sessionId: `session-${id}`,
    cwd,
    message,
  };
  return `${JSON.stringify({ ...entry, timestamp: "2026-11-20T10:00:00.000Z" })}\n`;
}

it("worktrees of one repository add up, from git while it is there and from the path otherwise", async () => {
  const home = writeTree({ "shop/readme.md": "x" });
  const shop = join(home, "shop");
  git(shop, "init", "-q");
  git(shop, "commit", "-q", "--allow-empty", "-m", "first");
  git(shop, "worktree", "add", "-q", join(home, "elsewhere"));
  mkdirSync(join(shop, "packages/api"), { recursive: true });
  const folders = [
    shop,
    join(home, "elsewhere"),
    join(shop, "packages/api"),
    join(shop, ".worktrees/gone"),
    join(home, "alone"),
  ];
  const config = writeTree(
    Object.fromEntries(
      folders.map((cwd, index) => [`projects/p${index}/s${index}.jsonl`, transcript(cwd, `a${index}`)]),
    ),
  );
  const places = { roots: [config], db: ":memory:" };
  const { rows } = JSON.parse((await rolecall(["spend", "--by", "repository", "--json"], places)).out) as {
    rows: { key: { repository: string }; requests: number }[];
  };
  expect(rows.map(({ key, requests }) => [key.repository, requests])).toEqual([
    [shop, 4],
    [join(home, "alone"), 1],
  ]);
  const byProject = await rolecall(["spend", "--by", "project"], places);
  expect(byProject.out).toContain(
    "4 of these projects are checkouts or folders of one repository: --by repository adds them up.",
  );
  rmSync(home, { recursive: true });
  expect(repositoryFinder()(join(shop, ".worktrees/gone"))).toBe(shop);
});

it.each([
  ["/a/cli/.worktrees/alex/fix", "/a/cli"],
  ["/a/cli/.claude/worktrees/fix", "/a/cli"],
  ["/a/cli.worktrees/fix", "/a/cli"],
  ["/a/cli-worktrees/fix/src", "/a/cli"],
  ["D:\\work\\cli\\.worktrees\\fix", "D:\\work\\cli"],
  ["/a/worktrees/fix", "/a/worktrees/fix"],
  ["/a/cli-worktrees", "/a/cli-worktrees"],
])("%s, which is gone, belongs to %s", (path, repository) => {
  expect(repositoryFinder()(path)).toBe(repository);
});
