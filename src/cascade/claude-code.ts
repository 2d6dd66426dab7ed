import { codeOf, RolecallError } from "../errors.ts";
import { runProcess } from "../executor/process.ts";
import { type ClientReport, createReportReader } from "./client-report.ts";

export interface ClientRequest {
  /** The program of Claude Code. */
  program: string;
  /** Alias or exact id, as the user wrote it. */
  model: string;
  effort?: string;
  prompt: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The session's id, chosen before it starts. */
  session: string;
  /** Tools that the client may use without asking: there is no one to answer. */
  allow: readonly string[];
  /** The client stops after the answer that passes this. */
  maxUsd?: number;
  timeoutMs: number;
  signal: AbortSignal;
  onStart: (pid: number) => void;
}

export interface ClientEnd {
  report: ClientReport;
  timedOut: boolean;
  aborted: boolean;
  /** Everything that it printed, for the case that it gave no report. */
  output: string;
}

/** Runs Claude Code headless until it ends or is stopped. Throws RolecallError if it cannot be started. */
export async function runClaudeCode(request: ClientRequest): Promise<ClientEnd> {
  const reader = createReportReader();
  try {
    const { output, timedOut, aborted } = await runProcess({
      command: request.program,
      args: argumentsFor(request),
      cwd: request.cwd,
      env: environmentFor(request.env),
      input: request.prompt,
      timeoutMs: request.timeoutMs,
      signal: request.signal,
      // On an interrupt it still reports what it has spent.
      stopSignal: "SIGINT",
      onLine: (line) => reader.readLine(line),
      onStart: request.onStart,
    });
    return { report: reader.report(), timedOut, aborted, output };
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && codeOf(error) !== "EACCES") throw error;
    throw new RolecallError(`--client: no program "${request.program}"`, {
      hint: "Try npm install -g @anthropic-ai/claude-code, or another program with --client.",
      cause: error,
    });
  }
}

/** The prompt goes to stdin: the output of a failed check may be longer than a command line can be. */
function argumentsFor({ model, effort, session, allow, maxUsd }: ClientRequest): string[] {
  return [
    "-p",
    "--output-format",
    "stream-json",
    "--verbose",
    "--model",
    model,
    ...(effort === undefined ? [] : ["--effort", effort]),
    "--settings",
    JSON.stringify(settingsFor(effort)),
    "--session-id",
    session,
    "--permission-mode",
    "acceptEdits",
    ...(allow.length > 0 ? ["--allowedTools", ...allow] : []),
    ...(maxUsd === undefined ? [] : ["--max-budget-usd", String(maxUsd)]),
  ];
}

/** Returns what would make the step run as something else than it is recorded as. Only managed settings are stronger. */
export function settingsFor(effort: string | undefined): {
  fallbackModel: readonly string[];
  switchModelsOnFlag: boolean;
  env: Readonly<Record<string, string>>;
} {
  return {
    fallbackModel: [],
    switchModelsOnFlag: false,
    // It is stronger than --effort; an empty one counts as none.
    env: { CLAUDE_CODE_EFFORT_LEVEL: effort ?? "" },
  };
}

/** Variables that a session gives its tools. With them the client takes itself for a part of that session. */
const OF_A_SESSION: ReadonlySet<string> = new Set([
  "CLAUDECODE",
  "CLAUDE_CODE_CHILD_SESSION",
  "CLAUDE_CODE_EFFORT_LEVEL",
  "CLAUDE_CODE_ENTRYPOINT",
  "CLAUDE_CODE_SESSION_ID",
  "CLAUDE_CODE_SSE_PORT",
  "CLAUDE_ENV_FILE",
  "CLAUDE_PROJECT_DIR",
]);

function environmentFor(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !OF_A_SESSION.has(name));
  // Three tries on an overloaded model, as with a fallback: otherwise some models are tried for three minutes.
  return { ...Object.fromEntries(own), FALLBACK_FOR_ALL_PRIMARY_MODELS: "1" };
}
