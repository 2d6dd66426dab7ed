import { existsSync } from "node:fs";
import { appendFile, copyFile, cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { copyTree } from "./copy-tree.ts";
import { type FileChange, readFileState } from "./change.ts";
import { createGit, type Git, tryGit } from "./git.ts";
import type { Start } from "./start.ts";

/**
 * Pins the state of a git repository; undefined where `cwd` is in none. Attempts get repositories of their own that
 * borrow the user's objects, with the same branches, history and configuration. A linked worktree would share its
 * branches, stash and configuration with the user's repository, and a model that commits, stashes or makes a branch
 * would reach them. Here not even the user's .git folder is written to.
 */
export async function gitStart(
  cwd: string,
  scratch: string,
  env: NodeJS.ProcessEnv,
): Promise<Start | undefined> {
  const git = createGit(env, cwd);
  const root = await tryGit(git, "rev-parse", "--show-toplevel");
  if (!root) return undefined;
  const prefix = (await tryGit(git, "rev-parse", "--show-prefix")) ?? "";
  const base = join(scratch, "base");
  await makeBase(git, base);
  const index = await tryGit(git, "rev-parse", "--path-format=absolute", "--git-path", "index");
  const tree = await snapshot(git, base, root, index);
  return {
    kind: "git",
    root,
    prefix,
    prepare: (folder) => prepare(git, { base, root, tree }, folder),
    changesIn: (folder) => changesBetween(git, base, tree, folder),
  };
}

/** A repository with the user's refs and configuration and none of its objects: those it borrows. */
async function makeBase(git: Git, base: string): Promise<void> {
  const path = async (name: string): Promise<string> =>
    (await git(["rev-parse", "--path-format=absolute", "--git-path", name])).toString("utf8").trimEnd();
  const format = (await tryGit(git, "rev-parse", "--show-object-format")) ?? "sha1";
  await git(["init", "-q", "--template=", `--object-format=${format}`, base]);
  const own = join(base, ".git");
  await writeFile(join(own, "objects/info/alternates"), `${await path("objects")}\n`);
  const config = await path("config");
  await appendFile(
    join(own, "config"),
    `[include]\n\tpath = ${JSON.stringify(config)}\n[core]\n\tbare = false\n\tworktree = ${JSON.stringify(base)}\n`,
  );
  for (const name of ["shallow", "info/exclude", "info/attributes", "info/sparse-checkout"]) {
    const from = await path(name);
    if (!existsSync(from)) continue;
    await mkdir(join(own, "info"), { recursive: true });
    await copyFile(from, join(own, name));
  }
  const refs = await git(["for-each-ref", "--format=create %(refname) %(objectname)"]);
  await git(["update-ref", "--stdin"], { cwd: base, input: refs.toString("utf8") });
  const branch = await tryGit(git, "symbolic-ref", "-q", "HEAD");
  if (branch) await git(["symbolic-ref", "HEAD", branch], { cwd: base });
  else
    await git(["update-ref", "--no-deref", "HEAD", (await tryGit(git, "rev-parse", "HEAD")) ?? ""], {
      cwd: base,
    });
}

/** The files of a folder as a tree in the base's object store, with what is new and without what is ignored. */
async function snapshot(git: Git, base: string, folder: string, index?: string): Promise<string> {
  const own = join(base, `index-${process.hrtime.bigint()}`);
  // The user's own index spares reading files that have not changed since.
  if (index && existsSync(index)) await copyFile(index, own);
  const env = { GIT_DIR: join(base, ".git"), GIT_WORK_TREE: folder, GIT_INDEX_FILE: own };
  await git(["add", "-A", "--", "."], { cwd: folder, env });
  return (await git(["write-tree"], { cwd: folder, env })).toString("utf8").trim();
}

async function prepare(
  git: Git,
  { base, root, tree }: { base: string; root: string; tree: string },
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const own = join(folder, ".git");
  await cp(join(base, ".git"), own, { recursive: true });
  await appendFile(join(own, "config"), `\tworktree = ${JSON.stringify(folder)}\n`);
  const at = { cwd: folder };
  await git(["read-tree", tree], at);
  await git(["checkout-index", "-a", "-q"], at);
  const hasCommit = (await tryGit(git, "rev-parse", "-q", "--verify", "HEAD^{commit}")) !== undefined;
  await git(["read-tree", hasCommit ? "HEAD" : "--empty"], at);
  await git(["update-index", "-q", "--refresh"], at).catch(() => undefined);
  await copyTree(root, folder, await leftOutOf(git, root));
}

/** Paths that no snapshot holds and that a check may need all the same: what is ignored, and submodules. */
async function leftOutOf(git: Git, root: string): Promise<string[]> {
  const list = async (...args: string[]): Promise<string[]> =>
    (await git(["ls-files", "-z", ...args], { cwd: root })).toString("utf8").split("\0").filter(Boolean);
  const ignored = await list("--others", "--ignored", "--exclude-standard", "--directory");
  const submodules = (await list("--stage"))
    .filter((line) => line.startsWith("160000 "))
    .map((line) => line.slice(line.indexOf("\t") + 1));
  // Claude Code's own worktrees are other working copies of the same repository.
  return [...ignored, ...submodules]
    .map((path) => path.replace(/\/$/, ""))
    .filter((path) => !path.startsWith(".claude/worktrees"));
}

async function changesBetween(git: Git, base: string, tree: string, folder: string): Promise<FileChange[]> {
  const after = await snapshot(git, base, folder);
  // With the attempt's files around it, git finds the attributes that say how a file is written to disk.
  const at = { cwd: folder, env: { GIT_DIR: join(base, ".git"), GIT_WORK_TREE: folder } };
  const listed = await git(["diff-tree", "-r", "-z", "--no-renames", tree, after], at);
  const fields = listed.toString("utf8").split("\0").filter(Boolean);
  const changes: FileChange[] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [oldMode = "", newMode = ""] = fields[i]?.slice(1).split(" ") ?? [];
    const path = fields[i + 1] ?? "";
    // A repository within the repository: its files are none of this one's.
    if (oldMode === "160000" || newMode === "160000") continue;
    const before =
      oldMode === "000000"
        ? undefined
        : {
            bytes: await git(
              ["cat-file", oldMode === "120000" ? "blob" : "--filters", `${tree}:${path}`],
              at,
            ),
            kind: kindOf(oldMode),
          };
    const now = await readFileState(join(folder, path));
    changes.push({ path, ...(before && { before }), ...(now && { after: now }) });
  }
  return changes;
}

function kindOf(mode: string): "file" | "program" | "link" {
  if (mode === "120000") return "link";
  return mode === "100755" ? "program" : "file";
}
