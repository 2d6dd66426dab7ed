/** The world outside of a command: what it may read, where it may write. Tests pass their own. */
export interface Io {
  env: NodeJS.ProcessEnv;
  cwd: string;
  now: () => number;
  /** Results. */
  out: (text: string) => void;
  /** Progress, diagnostics and errors. */
  err: (text: string) => void;
  /** Width of the terminal in columns; 0 where stdout is no terminal. */
  columns: number;
  color: boolean;
  /** Whether progress may be drawn on stderr. */
  interactive: boolean;
  /** All of stdin, for commands that take `-`. */
  readStdin: () => Promise<string>;
  /** Asks on the terminal; undefined where there is none to ask on. */
  ask: ((question: string) => Promise<string>) | undefined;
}

/** The process's own world. */
export function processIo(): Io {
  const { env, stdin, stdout, stderr } = process;
  return {
    env,
    cwd: process.cwd(),
    now: Date.now,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    columns: stdout.isTTY ? (stdout.columns ?? 80) : 0,
    color: wantsColor(env, stdout.isTTY),
    interactive: stderr.isTTY,
    readStdin: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString("utf8");
    },
    ask: stdin.isTTY && stderr.isTTY ? askOnTerminal : undefined,
  };
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
