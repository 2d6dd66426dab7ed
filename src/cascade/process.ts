import { spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";

export interface ProcessRequest {
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** Goes to stdin. */
  input?: string;
  timeoutMs: number;
  signal: AbortSignal;
  /** Asks the process itself to end; what is left of its group after a grace is killed. */
  stopSignal: "SIGINT" | "SIGTERM";
  /** Each whole line of stdout. */
  onLine?: (line: string) => void;
  onStart?: (pid: number) => void;
}

export interface ProcessEnd {
  exitCode: number | null;
  /** The signal that ended it. */
  killedBy: NodeJS.Signals | null;
  /** stdout and stderr as they came, the middle left out where it is long. */
  output: string;
  timedOut: boolean;
  aborted: boolean;
  durationMs: number;
}

const GRACE_MS = 5000;

/**
 * Runs a program in a process group of its own and leaves nothing of the group behind, however it ends. Throws the
 * system's error (ENOENT) where the program cannot be started.
 */
export function runProcess(request: ProcessRequest): Promise<ProcessEnd> {
  const { command, args, cwd, env, timeoutMs, signal, stopSignal } = request;
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const window = createOutputWindow();
    let timedOut = false;
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ["pipe", "pipe", "pipe"] });
    if (child.pid !== undefined) request.onStart?.(child.pid);

    let grace: NodeJS.Timeout | undefined;
    const stop = (): void => {
      child.kill(stopSignal);
      grace ??= setTimeout(() => killGroup(child.pid), GRACE_MS);
    };
    const deadline = setTimeout(() => {
      timedOut = true;
      stop();
    }, timeoutMs);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const release = (): void => {
      clearTimeout(deadline);
      clearTimeout(grace);
      signal.removeEventListener("abort", stop);
    };

    child.stdin.on("error", () => {
      // A program that does not read its input closes the pipe early; its exit code says how it went.
    });
    child.stdin.end(request.input ?? "");
    readOutput(child.stdout, window, request.onLine);
    readOutput(child.stderr, window);
    child.once("error", (error) => {
      release();
      reject(error);
    });
    // What it left running in the background would hold its pipes open for ever.
    child.once("exit", () => killGroup(child.pid));
    child.once("close", (exitCode, killedBy) => {
      release();
      const durationMs = Math.round(performance.now() - startedAt);
      const aborted = signal.aborted && !timedOut;
      resolve({ exitCode, killedBy, output: window.text(), timedOut, aborted, durationMs });
    });
  });
}

/** Kills a process group; one that is gone already is fine. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}

function readOutput(
  stream: NodeJS.ReadableStream,
  window: OutputWindow,
  onLine?: (line: string) => void,
): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const text = decoder.write(chunk);
    window.add(text);
    if (!onLine) return;
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  stream.on("end", () => {
    if (onLine && rest !== "") onLine(rest);
  });
}

/** Keeps the beginning and the end of what goes through it. */
interface OutputWindow {
  add(text: string): void;
  text(): string;
}

/** How much of a long output is kept: failures usually stand at the end. */
const HEAD_CHARS = 2000;
const TAIL_CHARS = 10_000;

export function createOutputWindow(headChars = HEAD_CHARS, tailChars = TAIL_CHARS): OutputWindow {
  let [head, tail, leftOut] = ["", "", 0];
  return {
    add(text) {
      const room = headChars - head.length;
      head += text.slice(0, room);
      tail += text.slice(room);
      if (tail.length > tailChars) {
        leftOut += tail.length - tailChars;
        tail = tail.slice(-tailChars);
      }
    },
    text: () => (leftOut === 0 ? head + tail : `${head}\n[… ${leftOut} characters left out …]\n${tail}`),
  };
}
