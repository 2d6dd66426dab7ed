import { codeOf, RolecallError } from "../errors.ts";
import { type ClientReport, createReportReader } from "./client-report.ts";
import { runProcess } from "./process.ts";

export interface ClientRequest {
  /** The client's program. */
  program: string;
  /** Alias or exact id, as the user wrote it. */
  model: string;
  effort?: string;
  prompt: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The session's id, chosen before it starts. */
  session: string;
  /** Tools that the client may use without asking: nobody is there to ask. */
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
  durationMs: number;
  /** What it wrote beside its report, where it gave none. */
  output: string;
}

/** Runs Claude Code headless until it ends or is stopped. Throws RolecallError where there is no client. */
export async function runClaudeCode(request: ClientRequest): Promise<ClientEnd> {
  const reader = createReportReader();
  try {
    const { output, timedOut, aborted, durationMs } = await runProcess({
      command: request.program,
      args: argsOf(request),
      cwd: request.cwd,
      env: withoutNesting(request.env),
      input: request.prompt,
      timeoutMs: request.timeoutMs,
      signal: request.signal,
      // On an interrupt it still says what it has spent.
      stopSignal: "SIGINT",
      onLine: (line) => reader.readLine(line),
      onStart: request.onStart,
    });
    return { report: reader.report(), timedOut, aborted, durationMs, output };
  } catch (error) {
    if (codeOf(error) !== "ENOENT" && codeOf(error) !== "EACCES") throw error;
    throw new RolecallError(`Claude Code cannot be started: ${request.program} is not there`, {
      hint: "Install it (npm install -g @anthropic-ai/claude-code), or name its program with --client.",
      cause: error,
    });
  }
}

/** The prompt goes in by stdin: a failure's output may be longer than a command line can be. */
function argsOf({ model, effort, session, allow, maxUsd }: ClientRequest): string[] {
  return [
    "-p",
    "--output-format",
    "stream-json",
    "--verbose",
    "--model",
    model,
    ...(effort === undefined ? [] : ["--effort", effort]),
    "--session-id",
    session,
    "--permission-mode",
    "acceptEdits",
    ...(allow.length > 0 ? ["--allowedTools", ...allow] : []),
    ...(maxUsd === undefined ? [] : ["--max-budget-usd", String(maxUsd)]),
  ];
}

/** Started from inside of a session, the client would take itself for a part of that one. */
function withoutNesting(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { CLAUDECODE: _, CLAUDE_CODE_ENTRYPOINT: __, CLAUDE_CODE_SSE_PORT: ___, ...rest } = env;
  return rest;
}
