import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Attempt } from "../../src/domain/attempt.ts";
import { openAttemptLog } from "../../src/store/attempts.ts";
import { openStore } from "../../src/store/open.ts";
import { type FakeClient, writeFakeClient } from "../helpers/fake-client.ts";
import { commitAll } from "../helpers/real-client.ts";
import { type Ran, runCli } from "../helpers/run-cli.ts";

/** A project with a home of its own, in which cascades run with a stand-in for the client. */
export interface CascadeScene {
  root: string;
  project: string;
  env: NodeJS.ProcessEnv;
  write(path: string, text: string | Uint8Array): void;
  read(path: string): string;
  has(path: string): boolean;
  git(...args: string[]): string;
  commit(): void;
  /** Runs `rolecall cascade` with this client and check. */
  cascade(fake: FakeClient, verify: string, ...args: string[]): Promise<CascadeRan>;
  rolecall(...args: string[]): Promise<Ran>;
  attempts(): Attempt[];
  /** Folders of runs, and copies of files, that are still there. */
  leftovers(): string[];
  remove(): void;
}

export interface CascadeRan extends Ran {
  /** The JSON answer. */
  json: {
    passed: boolean;
    applied: boolean;
    files: string[];
    leftOut: { path: string; why: string; files: number }[];
    diff: string;
    patchFile: string | null;
    run: string;
    attempts: {
      model: string;
      servedModel: string;
      effort: string | null;
      result: string;
      reason: string | null;
    }[];
    stopped: { reason: string; why: string } | null;
  };
}

export function makeScene(): CascadeScene {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "rolecall-scene-")));
  const [home, project] = [join(root, "home"), join(root, "project")];
  mkdirSync(home);
  mkdirSync(project);
  const env = {
    HOME: home,
    PATH: process.env["PATH"],
    LANG: "C.UTF-8",
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_DATA_HOME: join(home, ".local/share"),
    XDG_CACHE_HOME: join(home, ".cache"),
    CLAUDE_CONFIG_DIR: join(home, ".claude"),
    ROLECALL_DB: join(home, "rolecall.db"),
    GIT_CONFIG_NOSYSTEM: "1",
  };
  const scene: CascadeScene = {
    root,
    project,
    env,
    write(path, text) {
      const file = join(project, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    },
    read: (path) => readFileSync(join(project, path), "utf8"),
    has: (path) => existsSync(join(project, path)),
    git: (...args) => git(project, env, args),
    commit: () => commitAll(project),
    async cascade(fake, verify, ...args) {
      const client = writeFakeClient(root, fake);
      const ladder = args.includes("--ladder") ? [] : ["--ladder", "haiku"];
      const words = ["do it", "--verify", verify, "--client", client, ...ladder, "--tries", "1"];
      const ran = await scene.rolecall("cascade", ...words, "--json", ...args);
      return { ...ran, json: (ran.out === "" ? {} : JSON.parse(ran.out)) as CascadeRan["json"] };
    },
    rolecall: (...args) => runCli(args, { cwd: project, env: bare(env), now: Date.now() }),
    attempts() {
      const store = openStore(env.ROLECALL_DB);
      try {
        return openAttemptLog(store).list(0);
      } finally {
        store.close();
      }
    },
    leftovers() {
      const place = join(home, ".cache/rolecall/cascades");
      return existsSync(place) ? readdirSync(place) : [];
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
  scene.write("README.md", "# A project\n");
  scene.commit();
  return scene;
}

/** Nothing of the process's own environment gets in. */
function bare(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...Object.fromEntries(Object.keys(process.env).map((name) => [name, undefined])), ...env };
}

function git(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]): string {
  const identity = [
    "-c",
    "user.name=D",
    "-c",
    "user.email=d@example.com",
    "-c",
    "protocol.file.allow=always",
  ];
  return execFileSync("git", [...identity, ...args], { cwd, env, encoding: "utf8", stdio: "pipe" });
}
