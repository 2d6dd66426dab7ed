import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { UsageError } from "../errors.ts";
import { copyTree } from "./copy-tree.ts";
import { compareTrees } from "./file-state.ts";
import { createGit, type Git, GitError, isGitMissing, isUnreadable } from "./git.ts";
import { findLeftOut, type LeftOut, type LeftOutReason, signPaths } from "./left-out.ts";
import { type PinnedRepository, pinRepository } from "./repository.ts";
import { refuseHome } from "./start-copy.ts";
import type { Start } from "./start.ts";

/** Pins the state of a git repository; undefined if `cwd` is in none. Throws RolecallError if git refuses it. */
export async function gitStart(
  cwd: string,
  scratch: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Start | undefined> {
  const here = await findRoot(createGit(env, cwd), cwd);
  if (here === undefined) return undefined;
  const { root, prefix } = here;
  refuseHome(root, env);
  const git = createGit(env, root);
  const repository = await pinRepository(git, root, join(scratch, "repository"));
  const tree = await readTree(repository, root, dirname(scratch));
  const start = join(scratch, "start");
  await mkdir(start);
  await copyTree(root, start, tree.files, { signal });
  const nested = await pinNested(git, root, tree.nested, scratch);
  return { kind: "git", root, prefix, ...startOf({ root, start, repository, tree, nested, signal }) };
}

/** Finds the root of the working tree, and where `cwd` is in it. Only "no repository" is an answer: what git refuses is not copied without it. */
async function findRoot(git: Git, cwd: string): Promise<{ root: string; prefix: string } | undefined> {
  try {
    const answer = (await git(["rev-parse", "--show-toplevel", "--show-prefix"])).toString("utf8");
    const [root = "", prefix = ""] = answer.split("\n");
    return { root, prefix };
  } catch (error) {
    if (isGitMissing(error) && !isBelowGit(cwd)) return undefined;
    if (error instanceof GitError && error.said.startsWith("not a git repository (or any")) return undefined;
    const said = error instanceof GitError ? error.said.split("\n")[0] : "it is not installed";
    const owned = error instanceof GitError && error.said.includes("dubious ownership");
    throw new UsageError(`git: cannot read this repository: ${said}`, {
      hint: owned
        ? `Try git config --global --add safe.directory '${cwd}' if you trust its owner.`
        : "Try git status here: the cascade needs it to work.",
      cause: error,
    });
  }
}

function isBelowGit(folder: string): boolean {
  return existsSync(join(folder, ".git")) || (dirname(folder) !== folder && isBelowGit(dirname(folder)));
}

/** The contents of a working tree, as paths relative to its root. */
interface Tree {
  /** Tracked or not, and not ignored. */
  files: readonly string[];
  /** Repositories within: submodules that are checked out, and clones. */
  nested: readonly string[];
  ignored: readonly string[];
}

async function readTree(repository: PinnedRepository, root: string, cache: string): Promise<Tree> {
  const staged = (await repository.list(root, "--stage")).map((line) => ({
    link: line.startsWith("160000 "),
    path: line.slice(line.indexOf("\t") + 1),
  }));
  const others = await repository.list(root, "--others", "--exclude-standard");
  const unreadable = [...staged.map(({ path }) => path), ...others].find(isUnreadable);
  if (unreadable !== undefined)
    throw new UsageError(`file name: not UTF-8: ${JSON.stringify(unreadable)}`, {
      hint: "Try to rename the file, or let git ignore it: rolecall cannot copy it without changing its name.",
    });
  const clones = others.filter(isFolder).map(plain);
  const modules = staged.filter(({ link, path }) => link && existsSync(join(root, path)));
  const tracked = staged.filter(({ link }) => !link);
  // Other working copies of the same repository, and the copies of running cascades.
  const foreign = [".claude/worktrees", relative(root, cache)];
  const own = (paths: readonly string[]): string[] =>
    [...new Set(paths)].filter((path) => !isBelow(path, foreign));
  return {
    files: own([...tracked.map(({ path }) => path), ...others.filter((path) => !isFolder(path))]),
    nested: own([...modules.map(({ path }) => path), ...clones]),
    ignored: own(await listIgnored(repository, root)),
  };
}

/** Git lists a repository within, or a folder that is ignored as a whole, with a `/` at its end. */
function isFolder(path: string): boolean {
  return path.endsWith("/");
}

function plain(path: string): string {
  return path.replace(/\/$/, "");
}

async function listIgnored(repository: PinnedRepository, folder: string): Promise<string[]> {
  const options = ["--others", "--ignored", "--exclude-standard", "--directory"];
  return (await repository.list(folder, ...options)).map(plain);
}

type Nested = ReadonlyMap<string, PinnedRepository>;

/** Pins the repositories within a repository, and those within them. One that git cannot read is only files. */
async function pinNested(git: Git, root: string, paths: readonly string[], scratch: string): Promise<Nested> {
  const nested = new Map<string, PinnedRepository>();
  for (const path of paths) {
    const place = join(root, path);
    if (!existsSync(join(place, ".git"))) continue;
    try {
      const repository = await pinRepository(git, place, join(scratch, "nested", path));
      nested.set(path, repository);
      const within = (await readTree(repository, place, scratch)).nested.map((inner) => `${path}/${inner}`);
      for (const [inner, one] of await pinNested(git, root, within, scratch)) nested.set(inner, one);
    } catch (error) {
      if (!(error instanceof GitError)) throw error;
    }
  }
  return nested;
}

interface Pinned {
  root: string;
  /** A copy of the tree's files. */
  start: string;
  repository: PinnedRepository;
  tree: Tree;
  nested: Nested;
  signal: AbortSignal;
}

function startOf(pinned: Pinned): Pick<Start, "prepare" | "sign" | "changesIn" | "leftOutOf"> {
  const { root, start, repository, tree } = pinned;
  const leftOut = (ignored: readonly string[]): ReadonlyMap<string, LeftOutReason> =>
    new Map([
      ...ignored.map((path) => [path, "ignored"] as const),
      ...tree.ignored.map((path) => [path, "ignored"] as const),
      ...tree.nested.map((path) => [path, "repository"] as const),
    ]);
  return {
    prepare: (folder) => prepare(pinned, folder),
    sign: async (folder) => signPaths(folder, leftOut(await listIgnored(repository, folder)).keys()),
    async changesIn(folder) {
      const closed = [...tree.ignored, ...tree.nested];
      const added = await listAdded(repository, folder, tree.nested);
      const paths = [...new Set([...tree.files, ...added])]
        .filter((path) => !isBelow(path, closed) && !isUnreadable(path))
        .toSorted();
      return compareTrees({ from: root, to: folder }, start, paths);
    },
    async leftOutOf(folder, signed) {
      const entries = leftOut(await listIgnored(repository, folder));
      const unnamed = (await listAdded(repository, folder, tree.nested)).filter(isUnreadable);
      return [
        ...findLeftOut(signed, signPaths(folder, entries.keys()), entries, new Set(tree.files)),
        ...unnamed.map((path): LeftOut => ({ path, why: "name", files: 1 })),
      ];
    },
  };
}

async function prepare(
  { root, start, repository, tree, nested, signal }: Pinned,
  folder: string,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const options = { relocation: { from: root, to: folder }, signal };
  const unreadable: string[] = [];
  await copyTree(start, folder, tree.files, options);
  await copyTree(root, folder, tree.nested, options);
  await copyTree(root, folder, tree.ignored, {
    ...options,
    relocatesText: (path) => !/(?:^|\/)node_modules\//.test(path),
    onUnreadable: (path) => unreadable.push(path),
  });
  await repository.place(folder);
  for (const [path, one] of nested) await one.place(join(folder, path));
  return unreadable;
}

/** Files that are new to git; those of repositories that were made in the folder are files like others. */
async function listAdded(
  repository: PinnedRepository,
  folder: string,
  known: readonly string[],
): Promise<string[]> {
  const added: string[] = [];
  for (const path of await repository.list(folder, "--others", "--exclude-standard")) {
    if (!isFolder(path)) added.push(path);
    else if (!known.includes(plain(path))) added.push(...(await listWithin(repository, folder, plain(path))));
  }
  return added;
}

async function listWithin(repository: PinnedRepository, folder: string, path: string): Promise<string[]> {
  const files: string[] = [];
  for (const inner of await repository.listNew(join(folder, path)))
    files.push(
      ...(isFolder(inner)
        ? await listWithin(repository, folder, `${path}/${plain(inner)}`)
        : [`${path}/${inner}`]),
    );
  return files;
}

function isBelow(path: string, entries: readonly string[]): boolean {
  return entries.some((entry) => path === entry || path.startsWith(`${entry}/`));
}
