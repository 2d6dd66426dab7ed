import { spawn } from "node:child_process";
import { join } from "node:path";

const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");

/** rolecall as a process of its own, with nothing in its environment but what it is given. */
export interface RolecallProcess {
  pid: number;
  /** Resolves with what has come on stderr as soon as that holds `text`. */
  untilStderr(text: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<{ exitCode: number | null; stdout: string; stderr: string }>;
}

/** Starts rolecall; `input` goes to its stdin. */
export function startRolecall(
  args: readonly string[],
  { cwd, env, input = "" }: { cwd: string; env: Readonly<Record<string, string>>; input?: string },
): RolecallProcess {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdin.end(input);
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Awaited<RolecallProcess["ended"]>>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
  return {
    pid: child.pid ?? 0,
    untilStderr: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (stderr.includes(text)) resolve(stderr);
        };
        child.stderr.on("data", look);
        child.once("close", () => reject(new Error(`ended before it said “${text}”: ${stderr}`)));
        look();
      }),
    kill: (signal) => void child.kill(signal),
    ended,
  };
}
