import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commitAll } from "../helpers/real-client.ts";
import { runCli } from "../helpers/run-cli.ts";
import { type CascadeScene, makeScene } from "./world.ts";

let scene: CascadeScene;
beforeEach(() => {
  scene = makeScene();
});
afterEach(() => scene.remove());

/** Another repository, with one file. */
function makeLibrary(name = "library"): string {
  const folder = join(scene.root, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "lib.txt"), "library\n");
  commitAll(folder);
  return folder;
}

function addSubmodule(): void {
  scene.git("submodule", "--quiet", "add", makeLibrary(), "vendor/sub");
  scene.commit();
}

const isInstalled = (program: string): boolean => {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

describe("a cascade in a repository with another one inside", () => {
  it("a submodule that is checked out is there, is one for git, and is not a change", async () => {
    addSubmodule();
    const check =
      "test -f vendor/sub/lib.txt && git submodule status | grep -q '^ ' && test -z \"$(git status --short vendor)\" && test -f a.txt";
    const { json, exit } = await scene.cascade({ work: "echo x > a.txt" }, check, "--apply");
    expect({ files: json.files, leftOut: json.leftOut, exit }).toEqual({
      files: ["a.txt"],
      leftOut: [],
      exit: 0,
    });
    expect(scene.read("a.txt")).toBe("x\n");
    expect(scene.git("status", "--short")).toBe("?? a.txt\n");
  });

  it("what the attempt changes in a submodule is left out, and that is said", async () => {
    addSubmodule();
    const work = "echo x > a.txt; echo y > vendor/sub/lib.txt; echo z > vendor/sub/new.txt";
    const { json } = await scene.cascade({ work }, "grep -q y vendor/sub/lib.txt", "--apply");
    expect(json).toMatchObject({
      files: ["a.txt"],
      leftOut: [{ path: "vendor/sub", why: "repository", files: 2 }],
      applied: true,
    });
    expect(scene.read("vendor/sub/lib.txt")).toBe("library\n");
  });

  it("a new name that differs only in case is a change, whatever core.ignoreCase says", async () => {
    scene.git("config", "core.ignoreCase", "true");
    scene.write("Readme.txt", "x\n");
    scene.commit();
    const { json } = await scene.cascade(
      { work: "mv Readme.txt README.txt" },
      "test -f README.txt",
      "--apply",
    );
    expect(json).toMatchObject({ files: ["README.txt", "Readme.txt"], applied: true });
    expect(scene.read("README.txt")).toBe("x\n");
  });

  it("a folder may become a link, and a link a folder", async () => {
    for (const folder of ["other", "folder"]) scene.write(`${folder}/file.txt`, `${folder}\n`);
    symlinkSync("other", join(scene.project, "link"));
    scene.commit();
    const work = "rm -r folder link; ln -s other folder; mkdir link; echo new > link/file.txt";
    const { json } = await scene.cascade({ work }, "test -L folder && test -f link/file.txt", "--apply");
    expect(json).toMatchObject({
      files: ["folder", "folder/file.txt", "link", "link/file.txt"],
      applied: true,
    });
    expect(["folder/file.txt", "link/file.txt", "other/file.txt"].map((path) => scene.read(path))).toEqual([
      "other\n",
      "new\n",
      "other\n",
    ]);
  });

  it("a submodule that is not checked out is an empty folder", async () => {
    addSubmodule();
    scene.git("submodule", "--quiet", "deinit", "-f", "vendor/sub");
    const { json } = await scene.cascade(
      { work: "echo x > a.txt" },
      "test -d vendor/sub && test -f a.txt",
      "--apply",
    );
    expect(json).toMatchObject({ files: ["a.txt"], leftOut: [], applied: true });
  });

  it("a clone within, with or without a commit, is there and is not a change", async () => {
    execFileSync("git", ["clone", "-q", makeLibrary(), join(scene.project, "clone")]);
    execFileSync("git", ["init", "-q", join(scene.project, "fresh")]);
    scene.write("fresh/file.txt", "x\n");
    const check = "git -C clone log --oneline | grep -q . && test -f fresh/file.txt && test -f a.txt";
    const { json, err } = await scene.cascade({ work: "echo x > a.txt" }, check, "--apply");
    expect({ err, json }).toMatchObject({ json: { files: ["a.txt"], leftOut: [], applied: true } });
  });

  it("a repository that the attempt makes is carried over as files, however deep", async () => {
    const work =
      "git init -q app; echo n > app/n.txt; git init -q app/deep/er; echo d > app/deep/er/d.txt; echo f > fixed.txt";
    const { json } = await scene.cascade({ work }, "test -f fixed.txt", "--apply");
    expect(json).toMatchObject({ files: ["app/deep/er/d.txt", "app/n.txt", "fixed.txt"], applied: true });
    expect(scene.has("app/.git")).toBe(false);
    expect(scene.read("app/n.txt")).toBe("n\n");
  });

  it("what the attempt does to its own repository does not hide its changes", async () => {
    scene.write("src/a.txt", "1\n");
    scene.commit();
    for (const work of [
      "echo 2 > src/a.txt; rm -rf .git; git init -q",
      "echo 2 > src/a.txt; git init -q src",
      "echo 2 > src/a.txt; git rm -rq --cached src; echo src > .git/info/exclude",
    ]) {
      const { json } = await scene.cascade({ work }, "grep -q 2 src/a.txt");
      expect([work, json.files]).toEqual([work, ["src/a.txt"]]);
    }
  });
});

describe("a cascade in a repository that rewrites files", () => {
  it("files that are not as .gitattributes wants them stay as the user has them", async () => {
    scene.write("unix.txt", "a\nb\n");
    scene.write("dos.txt", "a\r\nb\r\n");
    scene.commit();
    scene.write(".gitattributes", "*.txt text eol=crlf\n");
    scene.commit();
    scene.write("unix.txt", "a\nb\n");
    const work = "printf 'a\\nc\\n' > unix.txt; printf 'a\\r\\nc\\r\\n' > dos.txt";
    const { json } = await scene.cascade({ work }, 'test "$(wc -c < unix.txt)" = 4', "--apply");
    expect(json).toMatchObject({ files: ["dos.txt", "unix.txt"], applied: true });
    expect([scene.read("unix.txt"), scene.read("dos.txt")]).toEqual(["a\nc\n", "a\r\nc\r\n"]);
  });

  it("a filter finds what it keeps in .git, in the copy too", async () => {
    mkdirSync(join(scene.project, ".git/secret-filter"));
    writeFileSync(join(scene.project, ".git/secret-filter/key"), "key");
    const filter = 'test -f "$(git rev-parse --git-dir)/secret-filter/key" && tr a-z n-za-m';
    scene.git("config", "filter.secret.clean", filter);
    scene.git("config", "filter.secret.smudge", filter);
    scene.git("config", "filter.secret.required", "true");
    scene.write(".gitattributes", "secret.env filter=secret\n");
    scene.write("secret.env", "token=hello\n");
    scene.commit();
    expect(scene.git("show", "HEAD:secret.env")).toBe("gbxra=uryyb\n");
    const work = "git stash list; rm secret.env; git checkout -q secret.env; echo more >> secret.env";
    const check = "grep -q token=hello secret.env && git show HEAD:secret.env | grep -q gbxra";
    const { json } = await scene.cascade({ work }, check, "--apply");
    expect(json).toMatchObject({ files: ["secret.env"], applied: true });
    expect(scene.read("secret.env")).toBe("token=hello\nmore\n");
  });

  it.runIf(isInstalled("git-crypt"))(
    "git-crypt: unlocked files are there, and edits are applied",
    async () => {
      scene.write(".gitattributes", "secret.env filter=git-crypt diff=git-crypt\n");
      execFileSync("git-crypt", ["init"], { cwd: scene.project, stdio: "ignore" });
      scene.write("secret.env", "TOKEN=made-up\n");
      scene.commit();
      const work = "echo x > a.txt; git diff --quiet && echo MORE >> secret.env";
      const { json } = await scene.cascade({ work }, "grep -q MORE secret.env", "--apply");
      expect(json).toMatchObject({ files: ["a.txt", "secret.env"], applied: true });
      expect(scene.read("secret.env")).toBe("TOKEN=made-up\nMORE\n");
    },
  );

  it.runIf(isInstalled("git-lfs"))("git-lfs: large files are there, and edits are applied", async () => {
    scene.git("lfs", "install", "--local");
    scene.git("lfs", "track", "*.bin");
    scene.write("a.bin", "BIG CONTENT");
    scene.commit();
    const work = "grep -q BIG a.bin && rm a.bin && git checkout -q a.bin && printf NEW >> a.bin";
    const { json } = await scene.cascade({ work }, "grep -q 'BIG CONTENTNEW' a.bin", "--apply");
    expect(json).toMatchObject({ files: ["a.bin"], applied: true });
  });
});

describe("paths that lead back into the user's tree", () => {
  it("an absolute link leads into the copy, and stays the link that it was", async () => {
    scene.write("src/a.txt", "1\n");
    symlinkSync(join(scene.project, "src"), join(scene.project, "linked"));
    symlinkSync(scene.root, join(scene.project, "outside"));
    scene.write("node_modules/.keep", "");
    symlinkSync(join(scene.project, "src"), join(scene.project, "node_modules/pkg"));
    scene.write(".gitignore", "node_modules\n");
    scene.commit();
    const work = 'echo 2 > linked/a.txt; echo 3 > node_modules/pkg/b.txt; ln -s "$PWD/src/a.txt" made';
    const { json } = await scene.cascade({ work }, "grep -q 2 src/a.txt && test -f src/b.txt");
    expect(scene.read("src/a.txt")).toBe("1\n");
    expect(json.files).toEqual(["made", "src/a.txt", "src/b.txt"]);
    expect((await scene.rolecall("cascade", "--redo")).exit).toBe(0);
    expect(readlinkSync(join(scene.project, "made"))).toBe(join(scene.project, "src/a.txt"));
    expect(readlinkSync(join(scene.project, "linked"))).toBe(join(scene.project, "src"));
  });

  it("an editable install, a launcher and a build folder use the attempt's sources, not the user's", async () => {
    scene.write(".gitignore", ".venv\nbuild\nnode_modules\n");
    scene.write("src/value", "1\n");
    scene.commit();
    scene.write(".venv/lib/site-packages/__editable__.pkg.pth", `${scene.project}/src\n`);
    scene.write(".venv/bin/tool", `#!/bin/sh\nexec cat "${scene.project}/src/value"\n`);
    chmodSync(join(scene.project, ".venv/bin/tool"), 0o755);
    scene.write("build/flags", `-I${scene.project}/src ${scene.project}-other/src`);
    scene.write("build/binary", Buffer.from(`\0${scene.project}/src`));
    const check = [
      'grep -q 2 "$(cat .venv/lib/site-packages/*.pth)/value"',
      'test "$(.venv/bin/tool)" = 2',
      `test "$(cat build/flags)" = "-I$PWD/src ${scene.project}-other/src"`,
      `grep -q '${scene.project}/src' build/binary`,
    ].join(" && ");
    const { json } = await scene.cascade({ work: "echo 2 > src/value" }, check);
    expect(json).toMatchObject({ passed: true, files: ["src/value"], leftOut: [] });
  });

  it("variables that name the user's tree name the copy, and those of the home stay", async () => {
    Object.assign(scene.env, {
      PATH: `${scene.project}/bin:${scene.env["PATH"]}`,
      PYTHONPATH: `${scene.project}/src`,
      DATABASE_URL: `sqlite:///${scene.project}/dev.db`,
    });
    const check = [
      'test "$PYTHONPATH" = "$PWD/src"',
      'test "$DATABASE_URL" = "sqlite:///$PWD/dev.db"',
      'test "${PATH%%:*}" = "$PWD/bin"',
      `test "$HOME" = "${scene.env["HOME"]}"`,
    ].join(" && ");
    expect((await scene.cascade({}, check)).json.passed).toBe(true);
  });
});

describe("what git ignores", () => {
  beforeEach(() => {
    scene.write(".gitignore", "local.json\ndist/\nnode_modules/\n*.tmp\n");
    scene.commit();
    scene.write("local.json", "{}\n");
    scene.write("dist/needed.js", "built\n");
  });

  it("is there for the check", async () => {
    const { json } = await scene.cascade({ work: "echo x > a.txt" }, "grep -q built dist/needed.js");
    expect(json).toMatchObject({ passed: true, files: ["a.txt"], leftOut: [] });
  });

  it("is not carried over: that is said, and is not a success if nothing else changed", async () => {
    const work =
      "echo '{\"ok\":1}' > local.json; echo x > dist/new.js; rm dist/needed.js; echo y > b.tmp; mkdir -p node_modules/x; echo > node_modules/x/i.js";
    const { json, exit } = await scene.cascade({ work }, "grep -q ok local.json", "--apply");
    expect(exit).toBe(1);
    expect(json.leftOut).toEqual([
      { path: "b.tmp", why: "ignored", files: 1 },
      { path: "dist", why: "ignored", files: 2 },
      { path: "local.json", why: "ignored", files: 1 },
      { path: "node_modules", why: "installed", files: 1 },
    ]);
    expect(scene.read("local.json")).toBe("{}\n");
    const { out } = await scene.rolecall(
      "cascade",
      "x",
      "--verify",
      "true",
      "--client",
      join(scene.root, "fake-client.mjs"),
    );
    expect(out).toContain("files that are not carried over");
    expect(out).toContain("  local.json (git ignores it)");
  });

  it("counts by the rules at the start: a new rule does not hide a change, and one less does not add files", async () => {
    scene.write("kept.txt", "1\n");
    const work = "printf 'kept.txt\\n' > .gitignore; echo 2 > kept.txt";
    const { json } = await scene.cascade({ work }, "true", "--apply");
    expect(json).toMatchObject({ files: [".gitignore", "kept.txt"], leftOut: [], applied: true });
  });
});

/** Runs a cascade that is refused: its error, without the attempts and the folders that there must not be. */
async function refusal(): Promise<string> {
  const { exit, err, out } = await scene.cascade({ work: "echo x > a.txt" }, "true");
  const cost = { exit, out, attempts: scene.attempts(), leftovers: scene.leftovers() };
  expect(cost).toEqual({ exit: 2, out: "", attempts: [], leftovers: [] });
  return err;
}

describe("what a cascade refuses before it costs anything", () => {
  it("a repository of somebody else, with git's advice", async () => {
    scene.env["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1";
    expect(await refusal()).toMatch(/dubious ownership[\s\S]*git config --global --add safe\.directory/);
  });

  it("a repository that git cannot read", async () => {
    scene.git("config", "core.repositoryformatversion", "99");
    expect(await refusal()).toMatch(/git: cannot read this repository/);
  });

  it("a repository without a working tree", async () => {
    scene.git("config", "core.bare", "true");
    expect(await refusal()).toMatch(/git: cannot read this repository/);
  });

  it("a repository of git-annex", async () => {
    mkdirSync(join(scene.project, ".git/annex/objects"), { recursive: true });
    expect(await refusal()).toMatch(/cannot copy a repository of git-annex/);
  });

  it("a home folder", async () => {
    scene.env["HOME"] = scene.project;
    expect(await refusal()).toMatch(/not a project/);
  });

  it("a name that is not UTF-8", async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${scene.project}/caf`), Buffer.from([0xe9])]), "x");
    expect(await refusal()).toMatch(/not UTF-8/);
  });

  it("a cache folder that cannot be written", async () => {
    writeFileSync(join(scene.root, "file"), "");
    scene.env["XDG_CACHE_HOME"] = join(scene.root, "file/cache");
    expect(await refusal()).toMatch(/cannot be written[\s\S]*XDG_CACHE_HOME/);
  });

  it("a set-up that fails", async () => {
    const { exit, err } = await scene.cascade({}, "true", "--setup", "echo no registry; exit 3");
    expect({ exit, err }).toMatchObject({
      exit: 2,
      err: expect.stringMatching(/--setup[\s\S]*code 3[\s\S]*no registry/),
    });
    expect(scene.attempts()).toEqual([]);
  });
});

describe("a name that is not UTF-8, made by the attempt", () => {
  it("costs nothing of the rest, and is named as left out", async () => {
    const work = "printf x > \"$(printf 'caf\\351')\"; echo x > a.txt";
    const { json } = await scene.cascade({ work }, "test -f a.txt", "--apply");
    expect(json).toMatchObject({
      files: ["a.txt"],
      applied: true,
      leftOut: [{ path: "caf\uFFFD", why: "name", files: 1 }],
    });
  });
});

describe("other kinds of working trees", () => {
  it("a sparse checkout shows the attempt what the user sees, and nothing as deleted", async () => {
    scene.write("a/x.txt", "x\n");
    scene.write("b/y.txt", "y\n");
    scene.commit();
    scene.git("sparse-checkout", "set", "a");
    const check = 'test -f a/x.txt && test ! -e b && test -z "$(git status --short a b)"';
    const { json } = await scene.cascade({ work: "echo n > a/n.txt" }, check.replace("a b", "b"), "--apply");
    expect(json).toMatchObject({ files: ["a/n.txt"], applied: true });
    expect(scene.git("status", "--short")).toBe("?? a/\n".replace("a/", "a/n.txt"));
  });

  it("a split index, staged changes and a conflict are the same in the copy", async () => {
    scene.write("staged.txt", "1\n");
    scene.git("update-index", "--split-index");
    scene.git("add", "staged.txt");
    scene.write("staged.txt", "2\n");
    const { json } = await scene.cascade({}, 'test "$(git status --short staged.txt)" = "AM staged.txt"');
    expect(json.passed).toBe(true);
  });

  it("a folder that nobody may write to is copied as it is, and removed at the end", async () => {
    scene.write("closed/file.txt", "x\n");
    scene.commit();
    chmodSync(join(scene.project, "closed"), 0o555);
    const work =
      "chmod u+w closed; echo y >> closed/file.txt; mkdir -p cache/mod; echo > cache/mod/x; chmod 555 cache/mod";
    const { json } = await scene.cascade({ work }, "true");
    expect(json.files).toEqual(["cache/mod/x", "closed/file.txt"]);
    expect(scene.leftovers()).toEqual([]);
    chmodSync(join(scene.project, "closed"), 0o755);
  });

  it("hooks of the repository run for a commit in the copy, and none for rolecall itself", async () => {
    scene.write(".git/hooks/pre-commit", "#!/bin/sh\necho ran > hook-ran.txt\n");
    scene.write(".git/hooks/reference-transaction", `#!/bin/sh\necho "$PWD" >> ${scene.root}/refs-touched\n`);
    for (const hook of ["pre-commit", "reference-transaction"])
      chmodSync(join(scene.project, ".git/hooks", hook), 0o755);
    const plain = await scene.cascade({ work: "true" }, "true");
    expect(plain.json.passed).toBe(true);
    expect(() => readlinkSync(`${scene.root}/refs-touched`)).toThrow("ENOENT");
    const work = "echo x > a.txt; git add -A; git -c user.name=d -c user.email=d@e commit -qm x";
    const { json } = await scene.cascade({ work }, "test -f hook-ran.txt");
    expect(json).toMatchObject({ passed: true, files: ["a.txt", "hook-ran.txt"] });
  });

  it("an empty folder is a place to work in", async () => {
    mkdirSync(join(scene.project, "empty/deep"), { recursive: true });
    await scene.cascade({}, "true");
    const words = [
      "x",
      "--verify",
      "true",
      "--ladder",
      "haiku",
      "--client",
      join(scene.root, "fake-client.mjs"),
    ];
    const { exit } = await runCli(["cascade", ...words], {
      cwd: join(scene.project, "empty/deep"),
      env: { ...scene.env },
    });
    expect(exit).toBe(0);
  });

  it("without git, what programs install is left out and said", async () => {
    rmSync(join(scene.project, ".git"), { recursive: true });
    scene.write("node_modules/a/i.js", "x\n");
    const work = "echo x > a.txt; mkdir -p node_modules/b; echo y > node_modules/b/i.js";
    const { json } = await scene.cascade({ work }, "true", "--apply");
    expect(json).toMatchObject({
      files: ["a.txt"],
      leftOut: [{ path: "node_modules", why: "installed", files: 1 }],
      applied: true,
    });
  });
});
