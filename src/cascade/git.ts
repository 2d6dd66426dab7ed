import { spawn } from "node:child_process";
import { codeOf, RolecallError } from "../errors.ts";

export type Git = (args: readonly string[], options?: GitOptions) => Promise<Buffer>;

interface GitOptions {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  input?: string;
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

/** An environment in which git, and whatever calls it, finds the repository that it stands in. */
export function withoutRepository(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !REPOSITORY_VARIABLES.has(name)));
}

/** Git for one place, whatever repository the environment names. Rejects with what git said. */
export function createGit(env: NodeJS.ProcessEnv, cwd: string): Git {
  const clean = withoutRepository(env);
  return (args, options = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn("git", ["-c", "core.fsmonitor=false", "-c", "core.quotePath=false", ...args], {
        cwd: options.cwd ?? cwd,
        env: { ...clean, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", ...options.env },
        stdio: ["pipe", "pipe", "pipe"],
      });
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
      child.stdin.on("error", () => {
        // Git ended before it read everything; its exit code says why.
      });
      child.stdin.end(options.input ?? "");
      child.once("error", reject);
      child.once("close", (code) => {
        if (code === 0) resolve(Buffer.concat(out));
        else reject(new RolecallError(`git ${args[0]}: ${Buffer.concat(err).toString("utf8").trim()}`));
      });
    });
}

/** The output of git as text without its last line break; undefined where git is missing or says no. */
export async function tryGit(git: Git, ...args: readonly string[]): Promise<string | undefined> {
  try {
    return (await git(args)).toString("utf8").replace(/\n$/, "");
  } catch (error) {
    if (error instanceof RolecallError || codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
