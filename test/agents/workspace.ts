import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { start } from "../../src/cli/start.ts";
import type { Io } from "../../src/cli/io.ts";

/** A project and a home of their own, with the command line to run in them. */
export interface Workspace {
  project: string;
  home: string;
  env: NodeJS.ProcessEnv;
  write: (path: string, content: string | Uint8Array) => void;
  read: (path: string) => string;
  /** Every file below the project with its bytes as latin1 text, and every folder. */
  tree: () => Record<string, string>;
  run: (...argv: string[]) => Promise<Ran>;
  /** The same in another folder than the project. */
  runIn: (cwd: string, ...argv: string[]) => Promise<Ran>;
}

interface Ran {
  exit: number;
  out: string;
  err: string;
  /** Questions that were asked. */
  asked: string[];
}

/** Creates a repository with `files`; `answers` are given on a terminal, without them there is none. */
export function workspace(
  files: Record<string, string | Uint8Array> = {},
  answers?: string[],
  columns = 0,
): Workspace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "rolecall-project-")));
  const [project, home] = [join(root, "shop"), join(root, "home")];
  mkdirSync(join(project, ".git"), { recursive: true });
  mkdirSync(home);
  const env = {
    HOME: home,
    PATH: join(home, "bin"),
    CLAUDE_CONFIG_DIR: join(home, ".claude"),
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_CACHE_HOME: join(home, ".cache"),
    ROLECALL_DB: join(home, "rolecall.db"),
  };
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), content);
  };
  for (const [path, content] of Object.entries(files)) write(path, content);
  return {
    project,
    home,
    env,
    write,
    read: (path) => readFileSync(join(project, path), "utf8"),
    tree: () => treeOf(project),
    run: (...argv) => run(argv, { cwd: project, env, answers, columns }),
    runIn: (cwd, ...argv) => run(argv, { cwd, env, answers, columns }),
  };
}

interface Terminal {
  cwd: string;
  env: NodeJS.ProcessEnv;
  answers: string[] | undefined;
  columns: number;
}

async function run(argv: string[], { cwd, env, answers, columns }: Terminal): Promise<Ran> {
  const ran: Ran = { exit: 0, out: "", err: "", asked: [] };
  const io: Io = {
    env,
    cwd,
    now: () => Date.UTC(2026, 10, 21, 12, 0),
    out: (text) => void (ran.out += text),
    err: (text) => void (ran.err += text),
    columns,
    color: false,
    interactive: false,
    readStdin: () => Promise.resolve(""),
    ask: answers && ((question) => Promise.resolve(answers[ran.asked.push(question) - 1] ?? "")),
  };
  ran.exit = await start(argv, io);
  return ran;
}

function treeOf(folder: string, prefix = ""): Record<string, string> {
  if (!existsSync(folder)) return {};
  const tree: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory())
      Object.assign(tree, { [`${path}/`]: "" }, treeOf(join(folder, entry.name), `${path}/`));
    else if (entry.isSymbolicLink()) tree[path] = `→ ${readlinkSync(join(folder, entry.name))}`;
    else tree[path] = readFileSync(join(folder, entry.name), "latin1");
  }
  return tree;
}

/** A `claude` on the PATH that only says its version. */
export function installClaude(home: string, version: string): void {
  mkdirSync(join(home, "bin"));
  writeFileSync(join(home, "bin/claude"), `#!/bin/sh\necho "${version} (Claude Code)"\n`);
  chmodSync(join(home, "bin/claude"), 0o755);
}
