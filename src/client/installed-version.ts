import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Returns the version of the Claude Code on the PATH; undefined when none is installed. */
export async function readClientVersion(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("claude", ["--version"], { env, timeout: 5000 });
    return /\d+\.\d+\.\d+/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}
