import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");
/** Node keeps compiled sources here: the processes of a test start faster. */
const NODE_COMPILE_CACHE = mkdtempSync(join(tmpdir(), "rolecall-compiled-"));

/** What a run of the real command line came to. */
export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Places {
  /** Claude Code's configuration folders. */
  roots: readonly string[];
  db: string;
  /** Blocks of 1024 bytes that a file may grow to: what a full disk comes to for a process. */
  fileBlocks?: number;
}

/** Runs `rolecall` in a process of its own. */
export async function rolecall(args: readonly string[], places: Places): Promise<Run> {
  const child = startRolecall(args, places);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

function startRolecall(args: readonly string[], { roots, db, fileBlocks = 0 }: Places): ChildProcess {
  const env = { ...process.env, NODE_COMPILE_CACHE, CLAUDE_CONFIG_DIR: roots.join(","), ROLECALL_DB: db };
  const command = [process.execPath, BIN, ...args];
  if (fileBlocks === 0)
    return spawn(command[0] as string, command.slice(1), { env, stdio: ["ignore", "pipe", "pipe"] });
  const limited = `ulimit -f ${fileBlocks}; exec "$@"`;
  return spawn("bash", ["-c", limited, "bash", ...command], { env, stdio: ["ignore", "pipe", "pipe"] });
}

/** The figures of `rolecall spend --by session,model --json`, without what depends on how they were come by. */
export async function spendOf(places: Places): Promise<object> {
  const run = await rolecall(["spend", "--by", "session,model", "--json"], places);
  if (run.code !== 0) throw new Error(`exit ${run.code}: ${run.stderr}`);
  const { rows, total } = JSON.parse(run.stdout) as Record<string, object>;
  return { rows, total };
}
