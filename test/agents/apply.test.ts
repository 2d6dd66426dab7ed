import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hashOf } from "../../src/agents/lock.ts";
import { workspace } from "./workspace.ts";

const REVIEWER = ".claude/agents/reviewer.md";
const SETTINGS = ".claude/settings.json";

/** A workspace with a policy, the built-in one if the files have none. */
const managed = (files: Record<string, string | Uint8Array> = {}, answers?: string[]) =>
  workspace({ "rolecall.yaml": "", ...files }, answers);

/** A workspace in which the policy has been applied. */
async function applied(files: Record<string, string> = {}) {
  const space = managed(files);
  expect(await space.run("apply", "--yes")).toMatchObject({ exit: 0 });
  return space;
}

/** A user's edit of a managed key. */
async function conflicted() {
  const space = await applied({ "rolecall.yaml": "# ours\npreset: balanced\n" });
  space.write(REVIEWER, space.read(REVIEWER).replace("model: opus", "model: sonnet # cheaper"));
  return space;
}

const changesOf = (out: string): Record<string, string> =>
  Object.fromEntries(
    (JSON.parse(out) as { changes: { path: string; action: string }[] }).changes.map(({ path, action }) => [
      path,
      action,
    ]),
  );

describe("apply", () => {
  it("creates an agent for each role and a second run changes nothing", async () => {
    const space = await applied({ "rolecall.yaml": "preset: balanced\n" });
    expect(space.read(REVIEWER)).toMatch(
      /^---\nname: reviewer\ndescription: .+\ntools: Read, Grep, Glob, Bash\nmodel: opus\n/,
    );
    expect(space.read(".claude/agents/Explore.md")).toMatch(/^---\nname: Explore\n[^]*\nmodel: haiku\n/);
    expect(JSON.parse(space.read(SETTINGS))).toMatchObject({
      model: "opusplan",
      fallbackModel: ["sonnet", "haiku"],
    });
    const before = space.tree();
    const again = await space.run("apply", "--yes", "--json");
    expect(again.exit).toBe(0);
    expect(new Set(Object.values(changesOf(again.out)))).toEqual(new Set(["unchanged"]));
    expect(space.tree()).toEqual(before);
    expect(await space.run("check")).toMatchObject({ exit: 0 });
  });

  it("writes nothing without a yes", async () => {
    const space = managed();
    const before = space.tree();
    expect(await space.run("apply")).toMatchObject({ exit: 1, err: expect.stringContaining("--yes") });
    expect(await space.run("apply", "--dry-run")).toMatchObject({ exit: 0 });
    expect(await space.run("check")).toMatchObject({ exit: 1 });
    expect(space.tree()).toEqual(before);
    const asked = managed({}, ["n"]);
    expect(await asked.run("apply")).toMatchObject({ exit: 1, asked: ["Write this? [y/N] "] });
    expect(asked.tree()).toEqual({ ".git/": "", "rolecall.yaml": "" });
  });

  it("has nothing to write or compare without a policy, as --dry-run and --check say too", async () => {
    const space = workspace({ [REVIEWER]: "---\nname: reviewer\n---\n" });
    const before = space.tree();
    const none =
      "No policy here, so there is nothing to write or compare. Try rolecall init, which makes one.\n";
    for (const option of ["--yes", "--dry-run", "--check"]) {
      expect(await space.run("apply", option)).toMatchObject({ exit: 0, out: none, err: "" });
      expect(changesOf((await space.run("apply", option, "--json")).out)).toEqual({});
    }
    expect(space.tree()).toEqual(before);
    expect((await space.run("apply", "--yes", "--adopt")).out).toBe(none);
  });

  it("undo gives back every byte, and the folders that were not there", async () => {
    const space = managed({
      [SETTINGS]: '{"model":"sonnet",\n\t"x": [1, 2]}',
      ".claude/agents/debugger.md": "---\nname: debugger\ndescription: d\n---\nB",
    });
    const before = space.tree();
    await space.run("apply", "--yes");
    expect(space.read(SETTINGS)).toContain('"x": [1, 2]');
    expect(space.read(".claude/agents/debugger.md")).toBe("---\nname: debugger\ndescription: d\n---\nB");
    expect(space.tree()).not.toEqual(before);
    expect(await space.run("undo", "--yes")).toMatchObject({ exit: 0 });
    expect(space.tree()).toEqual(before);
    expect(await space.run("undo", "--yes")).toMatchObject({
      exit: 0,
      out: "Nothing to revert.\n",
    });
  });

  it("undo leaves a file that was edited since, and says so", async () => {
    const space = await applied();
    space.write(REVIEWER, `${space.read(REVIEWER)}\nMine.\n`);
    const undone = await space.run("undo", "--yes");
    expect(undone).toMatchObject({ exit: 1, out: expect.stringContaining("edited since") });
    expect(Object.keys(space.tree())).toEqual([
      ".claude/",
      ".claude/agents/",
      REVIEWER,
      ".claude/rolecall.lock.json",
      ".git/",
      "rolecall.yaml",
    ]);
  });

  it("undo keeps the lock while an edited file stays, so that uninstall can take the rest out of it", async () => {
    const space = managed({ [SETTINGS]: '{"theme":"dark"}' });
    await space.run("apply", "--yes");
    const edited = { ...(JSON.parse(space.read(SETTINGS)) as object), theme: "light" };
    space.write(SETTINGS, JSON.stringify(edited));
    const undone = await space.run("undo", "--yes");
    expect(undone.out).toContain(
      "Edited files stay: rolecall uninstall takes the settings of rolecall out of them.",
    );
    expect(Object.keys(edited)).toContain("model");
    await space.run("uninstall", "--yes");
    expect(JSON.parse(space.read(SETTINGS))).toEqual({ theme: "light" });
    expect(Object.keys(space.tree())).toEqual([".claude/", SETTINGS, ".git/", "rolecall.yaml"]);
  });

  it("keeps the permissions of files, and creates folders like any other", async () => {
    const space = managed({ [SETTINGS]: "{}" });
    chmodSync(join(space.project, SETTINGS), 0o664);
    await space.run("apply", "--yes");
    const modeOf = (path: string) => (lstatSync(join(space.project, path)).mode & 0o777).toString(8);
    mkdirSync(join(space.project, "other"));
    expect([SETTINGS, ".claude/agents", ".claude/rolecall-undo"].map(modeOf)).toEqual([
      "664",
      modeOf("other"),
      "700",
    ]);
  });

  it("keeps a user's body and comments when a managed key changes", async () => {
    const space = await applied({ "rolecall.yaml": "preset: balanced\n" });
    const mine =
      space.read(REVIEWER).replace("model: opus", "color: red # mine\nmodel: opus") + "\nAlso mine.\n";
    space.write(REVIEWER, mine);
    space.write("rolecall.yaml", "preset: frugal\n");
    expect(await space.run("apply", "--yes")).toMatchObject({ exit: 0 });
    expect(space.read(REVIEWER)).toBe(
      mine.replace("model: opus", "model: haiku").replace("effort: medium", "effort: high"),
    );
  });

  it("takes away what it created and nobody edited, and lets go of the rest", async () => {
    const space = await applied();
    space.write(REVIEWER, `${space.read(REVIEWER)}\nMine.\n`);
    space.write(
      "rolecall.yaml",
      "roles:\n  reviewer:\n    enabled: false\n  formatter:\n    enabled: false\n",
    );
    const plan = await space.run("plan", "--json");
    expect(changesOf(plan.out)).toMatchObject({
      [REVIEWER]: "orphan",
      ".claude/agents/formatter.md": "orphan",
    });
    await space.run("apply", "--yes");
    expect(space.tree()).not.toHaveProperty([".claude/agents/formatter.md"]);
    expect(space.read(REVIEWER)).toContain("Mine.");
    expect(await space.run("check")).toMatchObject({ exit: 0 });
  });
});

describe("a conflict", () => {
  it("is shown with its ways out, and the file stays", async () => {
    const space = await conflicted();
    const before = space.tree();
    const ran = await space.run("apply", "--yes");
    expect(ran.exit).toBe(1);
    expect(ran.out).toContain("model: your value is sonnet, the policy has opus");
    expect(ran.out).toMatch(/--keep[^]*--take[^]*--adopt/);
    expect(space.tree()).toEqual(before);
    expect(await space.run("check")).toMatchObject({ exit: 1 });
  });

  it("is over with --keep, for as long as the value stays", async () => {
    const space = await conflicted();
    expect(await space.run("apply", "--yes", "--keep", "reviewer")).toMatchObject({ exit: 0 });
    expect(space.read(REVIEWER)).toContain("model: sonnet # cheaper");
    expect(await space.run("check")).toMatchObject({
      exit: 0,
      out: expect.stringContaining("sonnet is your value and is kept"),
    });
    space.write(REVIEWER, space.read(REVIEWER).replace("model: sonnet", "model: haiku"));
    expect(await space.run("check")).toMatchObject({ exit: 1 });
  });

  it("is over with --take, which keeps the comment", async () => {
    const space = await conflicted();
    expect(await space.run("apply", "--yes", "--take")).toMatchObject({ exit: 0 });
    expect(space.read(REVIEWER)).toContain("model: opus # cheaper");
    expect(await space.run("check")).toMatchObject({ exit: 0 });
  });

  it("is over with --adopt, which changes the policy and keeps its comments", async () => {
    const space = await conflicted();
    expect(await space.run("apply", "--yes", "--adopt")).toMatchObject({ exit: 0 });
    expect(space.read("rolecall.yaml")).toBe(
      "# ours\npreset: balanced\nroles:\n  reviewer:\n    model: sonnet\n",
    );
    expect(await space.run("check")).toMatchObject({ exit: 0 });
  });
});

describe("settings", () => {
  it("are merged key by key, everything else stays byte for byte", async () => {
    const text =
      '{\r\n\t"permissions": { "allow": [ "Bash(npm test)" ] },\r\n\t"model": "opus",\r\n\t"env": {"A": "1"}\r\n}';
    const space = await applied({ [SETTINGS]: text });
    expect(space.read(SETTINGS)).toBe(
      '{\r\n\t"permissions": { "allow": [ "Bash(npm test)" ] },\r\n\t"model": "opusplan",\r\n\t"env": {"A": "1", "CLAUDE_CODE_SUBAGENT_MODEL": "sonnet"},\r\n\t"fallbackModel": [\r\n\t\t"sonnet",\r\n\t\t"haiku"\r\n\t]\r\n}',
    );
  });

  it("that are not UTF-8 are reported and left alone", async () => {
    const bytes = Buffer.from('\ufeff{ "model": "opus" }', "utf16le");
    const space = managed({ [SETTINGS]: bytes });
    const ran = await space.run("apply", "--yes");
    expect(ran).toMatchObject({
      exit: 1,
      out: expect.stringContaining("not UTF-8 text, so rolecall does not change it. Save it as UTF-8"),
    });
    expect(space.tree()[SETTINGS]).toBe(bytes.toString("latin1"));
  });

  it("that are not JSON are reported and left alone", async () => {
    const space = managed({ [SETTINGS]: '{ "model": "opus", // mine\n}' });
    const ran = await space.run("apply", "--yes");
    expect(ran).toMatchObject({ exit: 1, out: expect.stringContaining("not a JSON object") });
    expect(space.read(SETTINGS)).toBe('{ "model": "opus", // mine\n}');
    expect(space.read(REVIEWER)).toContain("model: opus");
  });

  it("lose a key that the policy no longer has, unless the user changed it", async () => {
    const space = await applied({ "rolecall.yaml": "main:\n  env:\n    A: one\n    B: two\n" });
    space.write(SETTINGS, space.read(SETTINGS).replace('"two"', '"mine"'));
    space.write("rolecall.yaml", "main: {}\n");
    expect(await space.run("apply", "--yes")).toMatchObject({ exit: 0 });
    expect(JSON.parse(space.read(SETTINGS))).toMatchObject({ env: { B: "mine" } });
    expect(JSON.parse(space.read(SETTINGS))).not.toHaveProperty("env.A");
  });

  it("stay in the file that they were put into, and move with --local and --no-local", async () => {
    const space = managed({ [SETTINGS]: '{"x": 1}\n' });
    const local = ".claude/settings.local.json";
    await space.run("apply", "--yes", "--local");
    expect(await space.run("check")).toMatchObject({ exit: 0 });
    expect(space.read(SETTINGS)).toBe('{"x": 1}\n');
    expect(await space.run("apply", "--yes", "--no-local")).toMatchObject({ exit: 0 });
    expect(space.read(SETTINGS)).toContain("opusplan");
    expect(space.tree()).not.toHaveProperty([local]);
    expect(await space.run("apply", "--yes", "--local")).toMatchObject({ exit: 0 });
    expect(space.read(SETTINGS)).toBe('{"x": 1}\n');
    expect(space.read(local)).toContain("opusplan");
  });

  it("go to settings.local.json with --local and to the configuration folder with --user", async () => {
    const space = managed();
    await space.run("apply", "--yes", "--local");
    expect(existsSync(join(space.project, SETTINGS))).toBe(false);
    expect(space.read(".claude/settings.local.json")).toContain("opusplan");
    mkdirSync(join(space.home, ".config/rolecall"), { recursive: true });
    writeFileSync(join(space.home, ".config/rolecall/rolecall.yaml"), "");
    await space.run("apply", "--yes", "--user");
    expect(existsSync(join(space.home, ".claude/settings.json"))).toBe(true);
    expect(existsSync(join(space.home, ".claude/agents/Plan.md"))).toBe(true);
  });
});

const yours = (name: string) => `---\nname: ${name}\ndescription: Mine.\nmodel: opus\n---\nMine.\n`;

describe("agents of the user's", () => {
  it("with the name of a role stay as they are until they are adopted", async () => {
    const space = managed({ [REVIEWER]: yours("reviewer") });
    const ran = await space.run("apply", "--yes");
    expect(ran.out).toContain("rolecall adopt reviewer");
    expect(space.read(REVIEWER)).toBe(yours("reviewer"));
    expect(await space.run("check")).toMatchObject({ exit: 0 });
    expect(await space.run("adopt", "reviewer", "--yes")).toMatchObject({ exit: 0 });
    expect(space.read(REVIEWER)).toContain("effort: medium");
  });

  it("that fill a role get no second agent beside them, and the workflow hands them the work", async () => {
    const space = managed({
      ".claude/agents/pr-bot.md": yours("pr-bot"),
      "rolecall.yaml": "generate: [implementer, reviewer]\nroles:\n  reviewer:\n    agents: [pr-bot]\n",
    });
    await space.run("apply", "--yes");
    expect(Object.keys(space.tree()).filter((path) => path.endsWith(".md"))).toEqual([
      ".claude/agents/implementer.md",
      ".claude/agents/pr-bot.md",
      ".claude/skills/five-phases/SKILL.md",
    ]);
    const workflow = space.read(".claude/skills/five-phases/SKILL.md");
    expect(workflow).toContain("the whole difference and the task to the `pr-bot` agent");
    expect(workflow).toContain("Ask the `Explore` agent");
    expect(space.read(".claude/agents/pr-bot.md")).toBe(yours("pr-bot"));
  });

  it("are followed by no agent and no workflow under generate: none", async () => {
    const space = managed({ "rolecall.yaml": "generate: none\n" });
    await space.run("apply", "--yes");
    expect(Object.keys(space.tree()).filter((path) => path.endsWith(".md"))).toEqual([]);
    expect(space.read(SETTINGS)).toContain("opusplan");
  });
});

describe("keys of a generated agent", () => {
  it("hold numbers and switches as YAML has them, and the user's edit of one is a conflict", async () => {
    const space = await applied();
    expect(space.read(".claude/agents/Explore.md")).toMatch(
      /^tools: Read, Grep, Glob, Bash\nmodel: haiku\neffort: low\nmaxTurns: 40\nomitClaudeMd: true$/m,
    );
    space.write(REVIEWER, space.read(REVIEWER).replace("maxTurns: 80", "maxTurns: 500"));
    expect((await space.run("plan")).out).toContain("maxTurns: your value is 500, the policy has 80");
    expect(await space.run("apply", "--yes", "--adopt")).toMatchObject({ exit: 0 });
    expect(space.read("rolecall.yaml")).toContain("maxTurns: 500");
  });
});

describe("hostile input", () => {
  it.each(["rolecall.yaml", SETTINGS, ".claude/rolecall.lock.json"])(
    "a pipe in the place of %s is refused, not read",
    async (path) => {
      const space = workspace({ ".claude/x": "" });
      execFileSync("sh", ["-c", 'mkfifo "$0"', join(space.project, path)]);
      expect(await space.run("apply", "--yes")).toMatchObject({
        exit: 2,
        err: expect.stringMatching(/named pipe|not a regular file/),
      });
    },
  );

  it("a pipe as price file is refused, not read", async () => {
    const space = managed();
    execFileSync("sh", ["-c", 'mkfifo "$0"', join(space.project, "prices.yaml")]);
    expect(await space.run("models", "--prices", join(space.project, "prices.yaml"))).toMatchObject({
      exit: 2,
      err: expect.stringContaining("named pipe"),
    });
  });

  it("a file of more than 4 MB is named and not read", async () => {
    const space = managed({ ".claude/agents/big.md": `---\nname: big\n---\n${"x\n".repeat(2.2e6)}` });
    expect((await space.run("plan")).out).toContain("big.md: it is larger than 4 MB");
  });

  it("a target that is a symbolic link is refused and what it points to stays", async () => {
    const space = managed();
    const outside = join(space.home, "outside.md");
    writeFileSync(outside, "mine");
    mkdirSync(join(space.project, ".claude/agents"), { recursive: true });
    symlinkSync(outside, join(space.project, REVIEWER));
    const ran = await space.run("apply", "--yes");
    expect(ran).toMatchObject({ exit: 1, out: expect.stringContaining("symbolic link") });
    expect(readFileSync(outside, "utf8")).toBe("mine");
    expect(lstatSync(join(space.project, REVIEWER)).isSymbolicLink()).toBe(true);
  });

  it("settings or a lock that are symbolic links are refused before anything is written", async () => {
    for (const path of [SETTINGS, ".claude/rolecall.lock.json", ".claude/skills"]) {
      const space = managed({ ".claude/x": "" });
      symlinkSync(space.home, join(space.project, path));
      const before = space.tree();
      expect(await space.run("apply", "--yes")).toMatchObject({
        exit: 2,
        err: expect.stringContaining("symbolic link"),
      });
      expect(space.tree()).toEqual(before);
    }
  });

  it("a pipe among the agents is not waited for", async () => {
    const space = managed({ ".claude/agents/a.md": "" });
    execFileSync("sh", ["-c", 'mkfifo "$0"', join(space.project, ".claude/agents/pipe.md")]);
    expect((await space.run("plan")).out).toContain("pipe.md: it is not a regular file");
  });

  it("a folder on the way that is a symbolic link is refused", async () => {
    for (const folder of [".claude", ".claude/agents", ".claude/rolecall-undo"]) {
      const space = managed();
      if (folder !== ".claude") mkdirSync(join(space.project, ".claude"));
      symlinkSync(space.home, join(space.project, folder));
      expect(await space.run("apply", "--yes")).toMatchObject({
        exit: 2,
        err: expect.stringContaining("symbolic link"),
      });
      expect(existsSync(join(space.home, "Plan.md"))).toBe(false);
    }
  });

  it("a role whose name leads elsewhere is refused", async () => {
    const space = managed({ "rolecall.yaml": "roles:\n  ../../x:\n    tier: haiku\n" });
    expect(await space.run("apply", "--yes")).toMatchObject({ exit: 2 });
    expect(Object.keys(space.tree())).toEqual([".git/", "rolecall.yaml"]);
  });

  it("an agent's name never becomes a path", async () => {
    const agent = "---\nname: ../../x\ndescription: d\n---\n";
    const space = managed({ ".claude/agents/a.md": agent });
    await space.run("adopt", "--yes");
    expect(existsSync(join(space.project, "x.md"))).toBe(false);
    expect(existsSync(join(space.project, "../x.md"))).toBe(false);
  });

  it("a lock or a journal that names a file which is not rolecall's is refused", async () => {
    const hook = ".git/hooks/pre-commit";
    const space = managed({ [hook]: "x" });
    for (const path of ["../home/x", hook, join(space.home, "x"), ".claude/agents/../../../home/x.md"]) {
      const whole = hashOf("x");
      space.write(
        ".claude/rolecall.lock.json",
        JSON.stringify({ version: 1, files: { [path]: { created: true, whole, keys: {} } } }),
      );
      expect(await space.run("apply", "--yes")).toMatchObject({
        exit: 2,
        err: expect.stringContaining("lock"),
      });
      rmSync(join(space.project, ".claude/rolecall.lock.json"));
      const files = [{ path, before: Buffer.from("evil").toString("base64"), after: null }];
      const entry = { version: 1, at: "2026-11-21T00:00:00Z", folders: [], files };
      space.write(".claude/rolecall-undo/000001.json", JSON.stringify(entry));
      expect(await space.run("undo", "--yes")).toMatchObject({ exit: 2 });
      expect(existsSync(join(space.home, "x"))).toBe(false);
      expect(space.read(hook)).toBe("x");
    }
  });
});
