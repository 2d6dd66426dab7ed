import type { Config } from "../history/config.ts";
import { openOutput } from "./output.ts";

/** The world outside of a command: what it may read, where it may write. Tests pass their own. */
export interface Io {
  env: NodeJS.ProcessEnv;
  cwd: string;
  now: () => number;
  /** Results. */
  out: (text: string) => void;
  /** Progress, diagnostics and errors. */
  err: (text: string) => void;
  /** Width of the terminal in columns; 0 if stdout is not a terminal. */
  columns: number;
  color: boolean;
  /** The user's configuration; absent until a command runs. */
  config?: Config;
  /** Whether progress may be drawn on stderr. */
  interactive: boolean;
  /** All of stdin, for commands that take `-`. */
  readStdin: () => Promise<string>;
  /** Asks on the terminal, or undefined to ask on. */
  ask: ((question: string) => Promise<string>) | undefined;
  /** Starts rolecall again as a process that goes on when this one has ended; it puts nothing out. */
  background?: (args: readonly string[], cwd: string) => void;
}

const stdout = openOutput("stdout");
const stderr = openOutput("stderr");

/** Returns the process's own world. Only what reads stdin, or asks, loads Node's stream for it. */
export function processIo(): Io {
  const { env } = process;
  return {
    env,
    cwd: process.cwd(),
    now: Date.now,
    out: stdout.write,
    err: stderr.write,
    columns: stdout.columns,
    color: wantsColor(env, stdout.isTerminal),
    interactive: stderr.isTerminal,
    readStdin: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString("utf8");
    },
    ask: stderr.isTerminal && process.stdin.isTTY ? askOnTerminal : undefined,
    background: startInBackground,
  };
}

/** Loaded when needed: few commands start a process. */
function startInBackground(args: readonly string[], cwd: string): void {
  const { spawn } = process.getBuiltinModule("node:child_process");
  const child = spawn(process.execPath, [process.argv[1] ?? "", ...args], {
    cwd,
    detached: true,
    stdio: "ignore",
  });
  child.on("error", () => undefined); // the next start tries again
  const { constants, setPriority } = process.getBuiltinModule("node:os");
  // The session that is open comes first.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  child.unref();
}

/** Calls back once everything that was put out is written. */
export function whenWritten(done: () => void): void {
  stdout.whenWritten(() => stderr.whenWritten(done));
}

/** NO_COLOR and FORCE_COLOR as their conventions say (no-color.org); otherwise color on terminals only. */
function wantsColor(env: NodeJS.ProcessEnv, terminal: boolean): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"]) return env["FORCE_COLOR"] !== "0";
  return terminal && env["TERM"] !== "dumb";
}

async function askOnTerminal(question: string): Promise<string> {
  const { createInterface } = await import("node:readline/promises"); // few commands ask
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await reader.question(question);
  } finally {
    reader.close();
  }
}
