import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type Ran, runCli } from "./run-cli.ts";

const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");
const SPEND = ["spend", "--all", "--all-accounts", "--by", "session,model", "--json"];

export interface Places {
  /** Claude Code's configuration folders. */
  roots: readonly string[];
  db: string;
}

const envOf = ({ roots, db }: Places) => ({ CLAUDE_CONFIG_DIR: roots.join(","), ROLECALL_DB: db });

/** Runs `rolecall` in this process. */
export const rolecall = (args: readonly string[], places: Places): Promise<Ran> =>
  runCli(args, { env: envOf(places) });

/** Reads the sums of `rolecall spend`, without what depends on how they were read. */
export async function spendOf(places: Places): Promise<object> {
  const { out, err, exit } = await rolecall(SPEND, places);
  if (exit !== 0) throw new Error(`exit ${exit}: ${err}`);
  return sumsOf(out);
}

/**
 * Does the same in a process of its own, in which no file may grow beyond `fileBlocks` of 1024 bytes: that is what a full disk
 * comes to for a process.
 */
export async function spendOfProcess(places: Places, fileBlocks?: number): Promise<object> {
  const limit = fileBlocks === undefined ? "" : `ulimit -f ${fileBlocks}; `;
  const child = spawn("bash", ["-c", `${limit}exec "$@"`, "bash", process.execPath, BIN, ...SPEND], {
    env: { ...process.env, ...envOf(places) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  if (code !== 0) throw new Error(`exit ${code}: ${err}`);
  return sumsOf(out);
}

function sumsOf(json: string): object {
  const { rows, total } = JSON.parse(json) as Record<string, object>;
  return { rows, total };
}
