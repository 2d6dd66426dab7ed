import type { Io } from "./io.ts";

/** Longest time that the other status line may take. */
const PATIENCE_MS = 2000;
const MOST_BYTES = 64 * 1024;

/** Runs the status line command that was there before, with the same stdin; an empty text if it fails or takes too long. */
export function runInner(
  command: string,
  stdin: string,
  { cwd, env }: Pick<Io, "cwd" | "env">,
): Promise<string> {
  // Most status lines run no other one.
  const { spawn } = process.getBuiltinModule("node:child_process");
  return new Promise((resolve) => {
    let text = "";
    const child = spawn(command, {
      shell: true,
      cwd,
      env,
      stdio: ["pipe", "pipe", "ignore"],
      timeout: PATIENCE_MS,
    });
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      if (text.length < MOST_BYTES) text += part;
    });
    child.stdin.on("error", () => undefined); // it does not read its stdin
    child.on("error", () => resolve(""));
    child.on("close", () => resolve(text.trimEnd()));
    child.stdin.end(stdin);
  });
}
