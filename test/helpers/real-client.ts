import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { ScriptedApi } from "./scripted-api.ts";

/** The version of Claude Code that the tests run. */
export const CLIENT_VERSION = "2.1.329";

/** A home, a configuration folder and a project that the client has to itself. */
export interface Sandbox {
  root: string;
  home: string;
  /** CLAUDE_CONFIG_DIR. */
  configDir: string;
  /** A git repository with one commit. */
  project: string;
  /** Where the transcripts come to lie. */
  transcripts: string;
  write(path: string, text: string | Uint8Array): void;
  remove(): void;
}

export interface ClientRun {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  result: ClientResult;
}

/** The fields of the client's own result that tests look at. */
interface ClientResult {
  is_error: boolean;
  result: string;
  session_id: string;
  total_cost_usd: number;
  num_turns: number;
  permission_denials: unknown[];
  [field: string]: unknown;
}

export interface ClientOptions {
  prompt: string;
  /** More of the command line, after what makes it headless. */
  args?: readonly string[];
  /** More of the environment: nothing of the process's own gets in but PATH. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Leaves the permission mode to the settings. */
  ownMode?: boolean;
  /** Version of Claude Code; CLIENT_VERSION by default. */
  version?: string;
  /** A folder to see as /etc/claude-code; needs the right to make mount namespaces. */
  managed?: string;
}

/** Makes a sandbox; `files` are written into its project before the commit. */
export function makeSandbox(files: Readonly<Record<string, string>> = {}): Sandbox {
  const root = mkdtempSync(join(tmpdir(), "rolecall-client-"));
  const [home, project] = [join(root, "home"), join(root, "project")];
  const configDir = join(home, ".claude");
  mkdirSync(configDir, { recursive: true });
  mkdirSync(project);
  const sandbox: Sandbox = {
    root,
    home,
    configDir,
    project,
    transcripts: join(configDir, "projects"),
    write(path, text) {
      const file = join(project, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  for (const [path, text] of Object.entries({ "README.md": "# A project\n", ...files }))
    sandbox.write(path, text);
  commitAll(project);
  return sandbox;
}

/** Runs the client headless against the API, in an environment that holds nothing of the machine's own. */
export async function runClient(
  sandbox: Sandbox,
  api: ScriptedApi,
  options: ClientOptions,
): Promise<ClientRun> {
  const binary = await installClient(options.version);
  // bypassPermissions is refused for root; these two let edits and commands through for anybody.
  const mode = options.ownMode ? [] : ["--permission-mode", "acceptEdits"];
  const permissions = [...mode, "--allowedTools", "Bash"];
  const args = ["-p", options.prompt, "--output-format", "json", ...permissions, ...(options.args ?? [])];
  const inside = options.managed === undefined ? [] : mounted(sandbox.root, options.managed);
  const [command = binary, ...rest] = [...inside, binary, ...args];
  const child = spawn(command, rest, {
    cwd: options.cwd ?? sandbox.project,
    env: { ...clientEnv(sandbox, api), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { exitCode, stdout, stderr, result: parseResult(stdout, stderr) };
}

/** Runs a session that switches its model between two prompts, as programs that embed the client do. Returns what the client wrote. */
export async function switchModel(sandbox: Sandbox, api: ScriptedApi, model: string): Promise<string> {
  const stream = ["--input-format", "stream-json", "--output-format", "stream-json", "--verbose"];
  const child = spawn(await installClient(), ["-p", ...stream, "--model", "sonnet"], {
    cwd: sandbox.project,
    env: await envWithClient(sandbox, api),
    stdio: ["pipe", "pipe", "ignore"],
  });
  const say = (message: object) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const prompt = (content: string) => say({ type: "user", message: { role: "user", content } });
  let [text, results] = ["", 0];
  child.stdout.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    const count = text.split('"type":"result"').length - 1;
    if (count > results && count === 1)
      say({ type: "control_request", request_id: "switch", request: { subtype: "set_model", model } });
    if (count > results && count === 2) child.stdin.end();
    results = count;
    if (part.includes('"request_id":"switch"')) prompt("again");
  });
  prompt("hello");
  await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  return text;
}

/** A command that runs another with a folder as its /etc/claude-code. */
function mounted(root: string, managed: string): string[] {
  const etc = join(root, "etc");
  const script = `mount --make-rprivate / && cp -a /etc/. "$0" && rm -rf "$0/claude-code" && cp -a "$1" "$0/claude-code" && mount --bind "$0" /etc && shift && exec "$@"`;
  mkdirSync(etc, { recursive: true });
  return ["unshare", "-m", "sh", "-c", script, etc, managed];
}

/** Whether this process may make mount namespaces. */
export function canMount(): boolean {
  return spawnSync("unshare", ["-m", "true"]).status === 0;
}

/** The whole environment of a client in a sandbox: a made-up key, the scripted API, and no call to anywhere else. */
export function clientEnv(sandbox: Sandbox, api: ScriptedApi): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: sandbox.home,
    CLAUDE_CONFIG_DIR: sandbox.configDir,
    ANTHROPIC_BASE_URL: api.url,
    ANTHROPIC_API_KEY: "sk-ant-api03-made-up",
    DISABLE_TELEMETRY: "1",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_ERROR_REPORTING: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  };
}

/** The same, with `claude` on the PATH: for programs that start the client themselves. */
export async function envWithClient(sandbox: Sandbox, api: ScriptedApi): Promise<Record<string, string>> {
  const env = clientEnv(sandbox, api);
  return { ...env, PATH: `${dirname(await installClient())}${delimiter}${env["PATH"]}` };
}

/** Transcripts in a sandbox, main threads and sub-agents, as paths. */
export function transcriptsOf(sandbox: Sandbox): string[] {
  return globSync("**/*.jsonl", { cwd: sandbox.transcripts }).map((path) => join(sandbox.transcripts, path));
}

/** Path of the client's binary, installed from npm into the user's cache folder where it is not there yet. */
export async function installClient(version = CLIENT_VERSION): Promise<string> {
  const cache = await installPackage("@anthropic-ai/claude-code", version);
  const vendor = join(cache, "node_modules/@anthropic-ai");
  for (const platform of readdirSync(vendor).filter((name) => name.startsWith("claude-code-")))
    for (const name of ["claude", "claude.exe"]) {
      const binary = join(vendor, platform, name);
      if (existsSync(binary)) return binary;
    }
  // Older versions are programs for Node.
  const script = join(cache, "node_modules/.bin/claude");
  if (existsSync(script)) return script;
  throw new Error(`No binary of Claude Code for ${process.platform}-${process.arch} under ${vendor}`);
}

/** Folder of a package of npm in the user's cache folder, installed where it is not there yet. */
export async function installPackage(name: string, version: string): Promise<string> {
  const folder = join(cacheFolder(), `${basename(name)}-${version}`);
  if (!existsSync(folder)) await installInto(folder, `${name}@${version}`);
  return folder;
}

/** Beside the final place and then renamed: two that install at the same time do not see each other's half. */
async function installInto(folder: string, what: string): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const fresh = mkdtempSync(`${folder}-`);
  try {
    const flags = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--include=optional"];
    // npm's own configuration (the registry, say) stands in the user's real home.
    const env = { ...process.env, HOME: userInfo().homedir };
    await promisify(execFile)("npm", ["install", "--prefix", fresh, ...flags, what], { cwd: fresh, env });
    renameSync(fresh, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** The user's real one: tests are given a home of their own, which would mean a download each time. */
function cacheFolder(): string {
  const own = process.env["ROLECALL_TEST_CACHE"];
  return own ?? join(userInfo().homedir, ".cache", "rolecall-test");
}

function parseResult(stdout: string, stderr: string): ClientResult {
  try {
    return JSON.parse(stdout) as ClientResult;
  } catch {
    throw new Error(
      `The client gave no result.\nstdout: ${stdout.slice(0, 2000)}\nstderr: ${stderr.slice(0, 2000)}`,
    );
  }
}

/** Commits everything in a folder, making it a repository where it is none. */
export function commitAll(folder: string, message = "Start"): void {
  const identity = ["-c", "user.name=Dev", "-c", "user.email=dev@example.com"];
  const git = (...args: string[]): void =>
    void execFileSync("git", [...identity, ...args], { cwd: folder, stdio: "pipe" });
  if (!existsSync(join(folder, ".git"))) git("init", "-q", "-b", "main");
  git("add", "-A");
  git("commit", "-q", "--allow-empty", "-m", message);
}
