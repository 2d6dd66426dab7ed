import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FileChange } from "../../src/cascade/file-state.ts";
import { pinStart, type Start } from "../../src/cascade/start.ts";
import { findConflicts, planWrites, writeFiles } from "../../src/cascade/write-files.ts";
import { commitAll } from "../helpers/real-client.ts";

/** A signal that never aborts. */
const NEVER = new AbortController().signal;

let root: string;
let project: string;
let scratch: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "rolecall-start-")));
  [project, scratch] = [join(root, "shop"), join(root, "scratch")];
  mkdirSync(scratch);
  write("src/cart.js", "export {};\n");
  write("src/old.js", "old\n");
  write("run.sh", "echo\n");
  write(".gitignore", "node_modules/\n*.log\n");
  symlinkSync("src/cart.js", join(project, "link"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  const file = join(project, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

const git = (cwd: string, ...args: string[]): string =>
  execFileSync("git", ["-c", "user.name=D", "-c", "user.email=d@example.com", ...args], {
    cwd,
    encoding: "utf8",
    stdio: "pipe",
  });

const pin = (cwd = project): Promise<Start> => pinStart(cwd, scratch, process.env, NEVER);

/** Each pin wants a scratch folder of its own. */
function clearScratch(): void {
  rmSync(scratch, { recursive: true });
  mkdirSync(scratch);
}

async function prepared(start: Start, name = "1"): Promise<string> {
  const folder = join(scratch, name, "shop");
  await start.prepare(folder);
  return folder;
}

/** Carries changes into a tree if nothing stands in the way. */
function applyChanges(tree: string, changes: readonly FileChange[]): string[] {
  const conflicts = findConflicts(tree, changes);
  if (conflicts.length === 0) writeFiles(planWrites(tree, "test", changes));
  return conflicts;
}

/** A user's tree in the middle of work. */
function workInProgress(): void {
  commitAll(project);
  write("src/cart.js", "export const half = 1;\n");
  write("notes.txt", "untracked\n");
  write("staged.txt", "staged\n");
  git(project, "add", "staged.txt");
  unlinkSync(join(project, "src/old.js"));
  chmodSync(join(project, "run.sh"), 0o755);
  write("node_modules/tool/index.js", "needed\n");
}

describe.each(["git", "copy"] as const)("the starting state of a cascade (%s)", (kind) => {
  beforeEach(() => (kind === "git" ? workInProgress() : write("notes.txt", "untracked\n")));

  it("holds everything of the user's tree, and knows no changes at first", async () => {
    const start = await pin();
    const folder = await prepared(start);
    expect(start.kind).toBe(kind);
    for (const path of ["src/cart.js", "notes.txt", "run.sh"])
      expect(readFileSync(join(folder, path))).toEqual(readFileSync(join(project, path)));
    expect(existsSync(join(folder, "src/old.js"))).toBe(existsSync(join(project, "src/old.js")));
    expect(readlinkSync(join(folder, "link"))).toBe("src/cart.js");
    expect(await start.changesIn(folder)).toEqual([]);
  });

  it("what changes in a copy can be carried over, byte by byte, and nothing else changes", async () => {
    const start = await pin();
    const folder = await prepared(start);
    writeFileSync(join(folder, "src/cart.js"), "done\n");
    writeFileSync(join(folder, "binary"), Buffer.from([0, 1, 255]));
    chmodSync(join(folder, "binary"), 0o755);
    unlinkSync(join(folder, "link"));
    mkdirSync(join(folder, "node_modules/new"), { recursive: true });
    writeFileSync(join(folder, "node_modules/new/x.js"), "installed\n");
    const changes = await start.changesIn(folder);
    expect(changes.map(({ path }) => path)).toEqual(["binary", "link", "src/cart.js"]);

    expect(applyChanges(project, changes)).toEqual([]);
    expect(readFileSync(join(project, "src/cart.js"), "utf8")).toBe("done\n");
    expect(readFileSync(join(project, "binary"))).toEqual(Buffer.from([0, 1, 255]));
    expect(existsSync(join(project, "link"))).toBe(false);
    expect(readFileSync(join(project, "notes.txt"), "utf8")).toBe("untracked\n");
    expect(existsSync(join(project, "node_modules/new"))).toBe(false);
  });

  it("each copy starts from the state at the beginning, whatever the user does meanwhile", async () => {
    const start = await pin();
    const before = readFileSync(join(project, "src/cart.js"), "utf8");
    write("src/cart.js", "the user went on\n");
    const folder = await prepared(start);
    expect(readFileSync(join(folder, "src/cart.js"), "utf8")).toBe(before);

    writeFileSync(join(folder, "src/cart.js"), "the model's\n");
    writeFileSync(join(folder, "new.txt"), "new\n");
    expect(applyChanges(project, await start.changesIn(folder))).toEqual(["src/cart.js"]);
    expect(readFileSync(join(project, "src/cart.js"), "utf8")).toBe("the user went on\n");
    expect(existsSync(join(project, "new.txt"))).toBe(false);
  });

  it("nothing is written through a link that leads out of the tree", async () => {
    const start = await pin();
    const folder = await prepared(start);
    mkdirSync(join(folder, "out"));
    writeFileSync(join(folder, "out/file"), "x");
    mkdirSync(join(root, "elsewhere"));
    symlinkSync(join(root, "elsewhere"), join(project, "out"));
    expect(applyChanges(project, await start.changesIn(folder))).toEqual(["out/file"]);
    expect(existsSync(join(root, "elsewhere/file"))).toBe(false);
  });
});

describe("the starting state of a git repository", () => {
  it("shows git the same uncommitted work and history, and what is ignored is there for the check", async () => {
    workInProgress();
    const folder = await prepared(await pin());
    expect(git(folder, "status", "--porcelain", "-b").split("\n").toSorted()).toEqual(
      [
        "",
        "## main",
        " D src/old.js",
        " M run.sh",
        " M src/cart.js",
        "?? notes.txt",
        "A  staged.txt",
      ].toSorted(),
    );
    expect(git(folder, "log", "--oneline", "--all")).toBe(git(project, "log", "--oneline", "--all"));
    expect(readFileSync(join(folder, "node_modules/tool/index.js"), "utf8")).toBe("needed\n");
  });

  it("commits, branches, stashes and configuration made in a copy stay there, and commits still count", async () => {
    workInProgress();
    const look = () => [
      git(project, "for-each-ref"),
      git(project, "status", "--porcelain=v2", "-b"),
      git(project, "config", "--local", "--list"),
      git(project, "worktree", "list"),
      git(project, "count-objects"),
    ];
    const before = look();
    const start = await pin();
    const folder = await prepared(start);
    writeFileSync(join(folder, "src/cart.js"), "committed\n");
    git(folder, "checkout", "-q", "-b", "fix");
    git(folder, "commit", "-qam", "Fix");
    writeFileSync(join(folder, "run.sh"), "stashed\n");
    git(folder, "stash");
    git(folder, "branch", "-f", "main", "HEAD");
    git(folder, "config", "user.name", "Somebody");
    expect(look()).toEqual(before);
    expect((await start.changesIn(folder)).map(({ path }) => path)).toEqual(["src/cart.js"]);
  });

  it("a socket among ignored files is left out, and what lies beside it is not", async () => {
    workInProgress();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(project, "node_modules/a.sock"), resolve));
    const folder = await prepared(await pin());
    await new Promise((resolve) => server.close(resolve));
    expect(readdirSync(join(folder, "node_modules"))).toEqual(["tool"]);
  });

  it("variables of a surrounding git do not lead elsewhere", async () => {
    workInProgress();
    const start = await pinStart(
      project,
      scratch,
      {
        ...process.env,
        GIT_DIR: root,
        GIT_INDEX_FILE: join(root, "i"),
      },
      NEVER,
    );
    expect(await start.changesIn(await prepared(start))).toEqual([]);
    expect(existsSync(join(root, "i"))).toBe(false);
  });

  it("a folder within the repository is the place to work at", async () => {
    workInProgress();
    const start = await pin(join(project, "src"));
    expect({ root: start.root, prefix: start.prefix }).toEqual({ root: project, prefix: "src/" });
  });

  it("works in a repository without a commit, with a detached head, and in a linked worktree", async () => {
    git(project, "init", "-q", "-b", "main");
    const unborn = await prepared(await pin(), "unborn");
    expect(git(unborn, "status", "-sb")).toContain("## No commits yet on main");
    clearScratch();

    commitAll(project);
    git(project, "checkout", "-q", "--detach");
    const detached = await prepared(await pin(), "detached");
    expect(git(detached, "rev-parse", "HEAD")).toBe(git(project, "rev-parse", "HEAD"));
    clearScratch();

    const linked = join(root, "linked");
    git(project, "worktree", "add", "-q", "-b", "side", linked);
    writeFileSync(join(linked, "only-here.txt"), "x\n");
    const copy = await prepared(await pin(linked), "linked");
    expect(git(copy, "status", "-sb")).toBe("## side\n?? only-here.txt\n");
  });

  it("files that git rewrites on their way to disk come back as the user has them", async () => {
    write(".gitattributes", "*.txt text eol=crlf\n");
    write("dos.txt", "a\r\nb\r\n");
    commitAll(project);
    const start = await pin();
    const folder = await prepared(start);
    expect(await start.changesIn(folder)).toEqual([]);
    writeFileSync(join(folder, "dos.txt"), "a\r\nc\r\n");
    expect(applyChanges(project, await start.changesIn(folder))).toEqual([]);
    expect(readFileSync(join(project, "dos.txt"), "utf8")).toBe("a\r\nc\r\n");
  });
});

it("a signal ends the copying at once", async () => {
  workInProgress();
  const controller = new AbortController();
  const start = await pinStart(project, scratch, process.env, controller.signal);
  controller.abort();
  await expect(start.prepare(join(scratch, "1/shop"))).rejects.toBe(controller.signal.reason);
});

it("a home folder is no project to copy", async () => {
  await expect(pinStart("/", scratch, process.env, NEVER)).rejects.toThrow("not a project");
});
