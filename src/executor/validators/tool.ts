import { codeOf } from "../../errors.ts";
import { type ProcessEnd, runProcess } from "../process.ts";

export interface ToolOptions {
  cwd?: string;
  /** Variables besides those that `toolEnvironment` lets through. */
  env?: Readonly<Record<string, string>>;
  /** Written to stdin. */
  input?: string;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Runs a program without a shell, and with few variables of the environment. Returns undefined if it is not installed. */
export async function runTool(
  [command, ...args]: readonly [string, ...string[]],
  { env, ...rest }: ToolOptions,
): Promise<ProcessEnd | undefined> {
  try {
    return await runProcess({ command, args, env: { ...toolEnvironment(process.env), ...env }, ...rest });
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Variables that locate programs, their libraries and their caches, and that decide how text is shown: none that holds a secret. */
const ALLOWED: ReadonlySet<string> = new Set(
  [
    "PATH HOME USER LOGNAME SHELL TERM LANG LANGUAGE TZ TMPDIR CI NO_COLOR FORCE_COLOR",
    "NODE_PATH PYTHONPATH VIRTUAL_ENV GOPATH GOROOT GOCACHE GOMODCACHE JAVA_HOME CARGO_HOME RUSTUP_HOME",
    "GEM_HOME GEM_PATH PNPM_HOME VOLTA_HOME NVM_DIR PYENV_ROOT",
    "XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_RUNTIME_DIR XDG_CONFIG_DIRS XDG_DATA_DIRS",
    "LC_ALL LC_CTYPE LC_NUMERIC LC_TIME LC_COLLATE LC_MONETARY LC_MESSAGES LC_PAPER LC_NAME LC_ADDRESS LC_TELEPHONE",
    "LC_MEASUREMENT LC_IDENTIFICATION",
    "SystemRoot SystemDrive ComSpec PATHEXT TEMP TMP USERPROFILE APPDATA LOCALAPPDATA",
  ].flatMap((names) => names.split(" ")),
);

/** Picks the variables that a program may see which checks, and may run, code that a model wrote. */
export function toolEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => ALLOWED.has(name)));
}
