import { spawn } from "node:child_process";
import { codeOf as systemCode } from "../../errors.ts";

/** What became of a program. */
export type Ran = { kind: "exit"; code: number; output: string } | { kind: "missing" } | { kind: "timeout" };

/** Enough of a program's output to see what was wrong. */
const OUTPUT_CHARS = 4000;

/**
 * Runs a program without a shell and without the caller's secrets. It and whatever it started are killed at the time
 * limit and when the signal aborts.
 */
export function runProcess(
  argv: readonly [string, ...string[]],
  {
    cwd,
    input = "",
    timeoutMs,
    signal,
  }: { cwd?: string; input?: string; timeoutMs: number; signal: AbortSignal },
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const [program, ...args] = argv;
    const child = spawn(program, args, {
      ...(cwd && { cwd }),
      env: withoutSecrets(process.env),
      detached: true,
    });
    let output = "";
    let late = false;
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString("utf8")).slice(-OUTPUT_CHARS);
    };
    const kill = (): void => killGroup(child.pid);
    const timer = setTimeout(() => {
      late = true;
      kill();
    }, timeoutMs);
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", kill);
    };
    signal.addEventListener("abort", kill, { once: true });
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    // A program that does not read its input is no failure.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.on("error", (error) => {
      done();
      if (systemCode(error) === "ENOENT") resolve({ kind: "missing" });
      else reject(error);
    });
    child.on("close", (code) => {
      done();
      resolve(late ? { kind: "timeout" } : { kind: "exit", code: code ?? 1, output });
    });
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended by itself in the meantime.
  }
}

const SECRET = /(?:^|_)(?:api_?key|key|token|secret|password|credential|auth)s?(?:_|$)/i;

/** What a model wrote must not be able to read the caller's keys. */
function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !SECRET.test(name)));
}
