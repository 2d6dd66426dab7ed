import { existsSync } from "node:fs";
import { appendFile, copyFile, cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf, UsageError } from "../errors.ts";
import { type Git, listWithGit, tryGit } from "./git.ts";

/** A repository as it was when the cascade began, without its objects: those are borrowed from the user's. */
export interface PinnedRepository {
  /** Puts a repository with the pinned branches, tags, index and configuration around the files of a folder. */
  place(folder: string): Promise<void>;
  /** Lists with git as the pinned repository sees a folder, whatever happened to the folder's own. */
  list(folder: string, ...args: readonly string[]): Promise<string[]>;
  /** Lists the files of a folder that are not ignored, as if none of them were known. */
  listNew(folder: string): Promise<string[]>;
}

/**
 * Copies what a repository is besides its objects into `scratch`. A linked worktree would share branches, stash and
 * configuration with the user's repository, and a model that commits, stashes or makes a branch would reach them. Here
 * not even the user's .git folder is written to.
 */
export async function pinRepository(git: Git, root: string, scratch: string): Promise<PinnedRepository> {
  const own = join(scratch, ".git");
  const at: Git = (args, options) => git(args, { cwd: root, ...options });
  const { format, paths } = await locate(at);
  refuseAnnex(root, dirname(paths.objects));
  await mkdir(scratch, { recursive: true });
  const init = ["init", "-q", "--template=", `--object-format=${format}`, scratch];
  await at(init, { env: { GIT_DEFAULT_REF_FORMAT: "files" } });
  await mkdir(join(own, "objects/info"), { recursive: true });
  await writeFile(join(own, "objects/info/alternates"), `${paths.objects}\n`);
  await includeConfig(own, [paths.config, paths["config.worktree"]]);
  await copyState(own, dirname(paths.objects));
  for (const name of ["index", "shallow", "info/sparse-checkout"] as const)
    await copyIfThere(paths[name], join(own, name));
  await copySharedIndexes(dirname(paths.index), own);
  await writeRefs(at, own);
  return {
    place: (folder) => placeRepository(git, own, folder),
    list: (folder, ...args) => listFiles(git, own, folder, args),
    listNew: (folder) =>
      listFiles(git, own, folder, ["--others", "--exclude-standard"], {
        GIT_INDEX_FILE: join(own, "no-index"),
      }),
  };
}

/** Parts of a repository that may be in different places. */
const PARTS = ["objects", "config", "config.worktree", "index", "shallow", "info/sparse-checkout"] as const;

async function locate(git: Git): Promise<{ format: string; paths: Record<(typeof PARTS)[number], string> }> {
  const asked = PARTS.flatMap((name) => ["--git-path", name]);
  const answer = await git(["rev-parse", "--path-format=absolute", "--show-object-format", ...asked]);
  const [format = "", ...lines] = answer.toString("utf8").split("\n");
  const paths = Object.fromEntries(PARTS.map((name, at) => [name, lines[at] ?? ""]));
  return { format, paths: paths as Record<(typeof PARTS)[number], string> };
}

function listFiles(
  git: Git,
  own: string,
  folder: string,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const env = { GIT_DIR: own, GIT_WORK_TREE: folder, ...more };
  return listWithGit(git, ["ls-files", ...args], { cwd: folder, env });
}

/** The user's configuration counts, and what is set in the copy stays there. */
async function includeConfig(own: string, paths: readonly string[]): Promise<void> {
  const includes = paths.filter((path) => existsSync(path));
  const text = includes.map((path) => `[include]\n\tpath = ${JSON.stringify(path)}\n`).join("");
  await appendFile(join(own, "config"), `${text}[core]\n\tbare = false\n\tfsmonitor = false\n`);
}

/** Parts of a .git folder that are copied on their own, belong to one working tree, or are large. */
const NO_STATE: ReadonlySet<string> = new Set(
  [
    "objects refs logs worktrees modules branches reftable",
    "rebase-apply rebase-merge sequencer lfs annex fsmonitor--daemon",
  ].flatMap((names) => names.split(" ")),
);

/** Copies hooks, `info`, and where filters keep what they need, such as the keys of git-crypt. */
async function copyState(own: string, common: string): Promise<void> {
  for (const entry of await readdir(common, { withFileTypes: true })) {
    if (!entry.isDirectory() || NO_STATE.has(entry.name)) continue;
    const state = join(common, entry.name);
    try {
      await cp(state, join(own, entry.name), { recursive: true, verbatimSymlinks: true });
    } catch (error) {
      if (codeOf(error) !== "EACCES" && codeOf(error) !== "EPERM") throw error;
      throw new UsageError(`${state}: cannot be read`, {
        hint: "Try to make it readable, or remove it.",
        cause: error,
      });
    }
  }
}

/** Files of git-annex are links into the repository's own objects: a copy has none of them. */
function refuseAnnex(root: string, common: string): void {
  if (existsSync(join(common, "annex/objects")))
    throw new UsageError(`${root}: cannot copy a repository of git-annex`, {
      hint: "Try a clone without annexed files.",
    });
}

async function copyIfThere(from: string, to: string): Promise<void> {
  if (!existsSync(from)) return;
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
}

/** A split index has its larger part in a file beside it. */
async function copySharedIndexes(from: string, own: string): Promise<void> {
  for (const name of await readdir(from))
    if (name.startsWith("sharedindex.")) await copyFile(join(from, name), join(own, name));
}

async function writeRefs(git: Git, own: string): Promise<void> {
  const refs = await git(["for-each-ref", "--format=%(objectname) %(refname)"]);
  await writeFile(
    join(own, "packed-refs"),
    Buffer.concat([Buffer.from("# pack-refs with: sorted \n"), refs]),
  );
  const branch = await tryGit(git, "symbolic-ref", "-q", "HEAD");
  const head = branch ? `ref: ${branch}` : await tryGit(git, "rev-parse", "HEAD");
  if (head) await writeFile(join(own, "HEAD"), `${head}\n`);
}

async function placeRepository(git: Git, pinned: string, folder: string): Promise<void> {
  const own = join(folder, ".git");
  await cp(pinned, own, { recursive: true, verbatimSymlinks: true });
  // The configuration of a submodule names the user's folder.
  await appendFile(join(own, "config"), `\tworktree = ${JSON.stringify(folder)}\n`);
  // The index knows the user's files by their inodes. Files that differ from it make this command fail.
  await tryGit((args) => git(args, { cwd: folder }), "update-index", "-q", "--refresh");
}
