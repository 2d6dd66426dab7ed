import { spawn } from "node:child_process";
import { codeOf, RolecallError } from "../errors.ts";

/** Runs git for one place and returns what it prints. Throws GitError. */
export type Git = (args: readonly string[], options?: GitOptions) => Promise<Buffer>;

interface GitOptions {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
}

/** Git ended with an error. */
export class GitError extends RolecallError {
  override name = "GitError";
  /** The output of git, without its `fatal: `. */
  readonly said: string;

  constructor(command: string, said: string) {
    super(`git ${command}: ${said}`);
    this.said = said;
  }
}

/** Variables that tie git to one repository (git rev-parse --local-env-vars); hooks run with them set. */
const REPOSITORY_VARIABLES: ReadonlySet<string> = new Set([
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_COMMON_DIR",
  "GIT_DIR",
  "GIT_INDEX_FILE",
  "GIT_NAMESPACE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_PREFIX",
  "GIT_SHALLOW_FILE",
  "GIT_WORK_TREE",
]);

/** Returns an environment in which git, and what calls it, finds the repository of its folder. */
export function withoutRepository(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !REPOSITORY_VARIABLES.has(name)));
}

/**
 * No hooks and no background process: the user asked for none of these commands. Case counts on Linux, whatever a repository that was
 * made elsewhere says: git would not list a file whose name differs only in case from one that it tracks.
 */
const QUIET = [
  "core.fsmonitor=false",
  "core.hooksPath=/dev/null",
  "core.quotePath=false",
  ...(process.platform === "linux" ? ["core.ignoreCase=false"] : []),
].flatMap((setting) => ["-c", setting]);

/** Returns git for a place, whatever repository the environment names. */
export function createGit(env: NodeJS.ProcessEnv, cwd: string): Git {
  const clean = withoutRepository(env);
  return (args, options = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn("git", [...QUIET, ...args], {
        cwd: options.cwd ?? cwd,
        env: { ...clean, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", ...options.env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
      child.once("error", reject);
      child.once("close", (code) => {
        const said = Buffer.concat(err)
          .toString("utf8")
          .trim()
          .replace(/^fatal: /, "");
        if (code === 0) resolve(Buffer.concat(out));
        else reject(new GitError(args[0] ?? "", said));
      });
    });
}

/** Returns git's output as text without its last line break; undefined if it ended with an error. */
export async function tryGit(git: Git, ...args: readonly string[]): Promise<string | undefined> {
  try {
    return (await git(args)).toString("utf8").replace(/\n$/, "");
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

/** Returns the entries that git prints with `-z`. In names that are not UTF-8, `isUnreadable` finds the losses. */
export async function listWithGit(
  git: Git,
  args: readonly string[],
  options?: GitOptions,
): Promise<string[]> {
  return (await git([...args, "-z"], options)).toString("utf8").split("\0").filter(Boolean);
}

/** Returns whether a name has characters that were not UTF-8: no file can be opened by it. */
export function isUnreadable(name: string): boolean {
  return name.includes("\uFFFD");
}

/** Returns whether git is missing. */
export function isGitMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}
