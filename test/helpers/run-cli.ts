import { join } from "node:path";
import { start } from "../../src/cli/start.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Where a command line is run: by default a pipe without color, in the home that test/helpers/isolation.ts made. */
export interface Place {
  /** Width of the terminal; 0 for a pipe. */
  columns?: number;
  color?: boolean;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** ms since the epoch; by default NOW. */
  now?: number;
  /** What is piped in. */
  stdin?: string;
  /** What takes the command lines that rolecall starts in the background; by default none is started. */
  background?: (args: readonly string[]) => void;
}

export interface Ran {
  out: string;
  err: string;
  exit: number;
}

/** The moment that commands take for now, where they do not read the demo. */
export const NOW = Date.parse("2026-11-21T12:00:00Z");

/** Runs a command line in this process. */
export async function runCli(argv: readonly string[], place: Place = {}): Promise<Ran> {
  let [out, err] = ["", ""];
  const exit = await start(argv, {
    env: { ...process.env, ...place.env },
    cwd: place.cwd ?? process.env["HOME"] ?? "",
    now: () => place.now ?? NOW,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    columns: place.columns ?? 0,
    color: place.color ?? false,
    interactive: false,
    readStdin: () => Promise.resolve(place.stdin ?? ""),
    ask: undefined,
    ...(place.background && { background: place.background }),
  });
  return { out, err, exit };
}

/**
 * A command line as a terminal shows it: what was typed, what came back, the exit code where it is not 0. Escape sequences
 * are made readable, and paths of this machine are named for what they are.
 */
export async function transcriptOf(argv: readonly string[], place: Place = {}): Promise<string> {
  const { out, err, exit } = await runCli(argv, place);
  const typed = ["rolecall", ...argv.map((word) => (/[\s*?'"]/.test(word) ? `'${word}'` : word))].join(" ");
  return `$ ${typed}\n${readable(out)}${readable(err)}${exit === 0 ? "" : `[exit ${exit}]\n`}`;
}

function readable(text: string): string {
  return text
    .replaceAll("\u001b", "␛")
    .replaceAll("\r\n", "\n")
    .replaceAll(ROOT, "<rolecall>")
    .replaceAll(process.env["HOME"] ?? "", "~");
}
