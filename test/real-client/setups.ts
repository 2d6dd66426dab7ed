import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Sandbox } from "../helpers/real-client.ts";
import { agentFile, installPlugin } from "../helpers/tree.ts";

/** A set-up of folders, links, worktrees, plugins and managed settings, made from a seed. */
export interface RandomSetup {
  cwd: string;
  /** The folder of managed settings and agents; undefined for none. */
  managed: string | undefined;
  /** Names to call; not all of them exist. */
  names: readonly string[];
  session: { model?: string; effort?: string };
}

const MODELS = ["haiku", "sonnet", "opus", "inherit", "claude-sonnet-4-6", "claude-opus-4-6"] as const;
const EFFORTS = ["low", "high", "max"] as const;
const NAMES = ["a0", "a1", "a2", "a3"] as const;
const PLUGIN_NAMES = ["tidy:p0", "tidy:sub:p1", "tidy:p1", "tidy:bad", "tidy:listed"] as const;

/** Writes a random set-up into a sandbox. A seed always gives the same one. */
export function writeSetup(sandbox: Sandbox, seed: number, mayMount: boolean): RandomSetup {
  const dice = createDice(seed);
  const { project, root, configDir } = sandbox;
  const place = dice.pick(["git", "git", "worktree", "worktree", "folder"] as const);
  if (place === "folder") execFileSync("rm", ["-rf", join(project, ".git")]);
  const folders = [".", "pk", "pk/sub"];
  const inside = dice.pick(folders);
  const tree = place === "worktree" ? join(root, "wt") : project;
  if (place === "worktree") git(project, "worktree", "add", "-q", "-b", "side", tree);
  const cwd = join(tree, inside);
  mkdirSync(cwd, { recursive: true });
  const roots = new Set([
    ...folders.map((folder) => join(project, folder)),
    ...folders.map((folder) => join(tree, folder)),
  ]);
  for (const folder of roots) {
    if (dice.chance(0.4)) writeAgents(join(folder, ".claude/agents"), root, dice);
    if (dice.chance(0.4)) write(join(folder, ".claude/settings.json"), dice.settings());
    if (dice.chance(0.35)) write(join(folder, ".claude/settings.local.json"), dice.settings());
  }
  if (dice.chance(0.4)) writeAgents(join(configDir, "agents"), root, dice);
  write(join(configDir, "settings.json"), dice.settings());
  if (dice.chance(0.5)) writePlugin(configDir, join(cwd, ".claude/settings.local.json"), dice);
  const managed = dice.chance(0.35) && mayMount ? join(root, "managed") : undefined;
  if (managed !== undefined) {
    if (dice.chance(0.6)) write(join(managed, "managed-settings.json"), dice.settings());
    for (const name of ["10-a.json", "20-b.json", ".hidden.json"])
      if (dice.chance(0.5)) write(join(managed, "managed-settings.d", name), dice.settings());
    if (dice.chance(0.5)) writeAgents(join(managed, ".claude/agents"), root, dice);
    mkdirSync(managed, { recursive: true });
  }
  const session = dice.throwAll({
    model: [0.35, () => dice.pick(["opus", "sonnet", "haiku", "claude-opus-4-6"])],
    effort: [0.2, dice.effort],
  });
  return {
    cwd,
    managed,
    names: [...NAMES, "team:x", "-y", ...PLUGIN_NAMES, "Explore", "general-purpose"],
    session,
  };
}

type Dice = ReturnType<typeof createDice>;

/** Writes agents into a folder: plain files, files in sub-folders, links to files, a linked folder, names that may not load. */
function writeAgents(folder: string, root: string, dice: Dice): void {
  const elsewhere = join(root, "dotfiles", String(dice.number()));
  const target = dice.chance(0.2) ? join(elsewhere, "agents") : folder;
  if (target !== folder) link(target, folder);
  for (const name of NAMES) {
    if (!dice.chance(0.5)) continue;
    const text = agentFile(name, dice.frontMatter());
    const path = join(target, dice.chance(0.3) ? "deep/er" : "", `${name}.md`);
    if (!dice.chance(0.25)) write(path, text);
    else {
      write(join(elsewhere, `${name}.md`), text);
      link(join(elsewhere, `${name}.md`), path);
    }
  }
  if (dice.chance(0.2)) {
    write(join(elsewhere, "team/a4.md"), agentFile("a3", { model: "haiku" }));
    write(join(target, "x.md"), agentFile("team:x", { model: "haiku" }));
    write(join(target, "y.md"), agentFile("-y", { model: "haiku" }));
    write(join(target, "README.MD"), agentFile("a0", { model: "haiku" }));
    link(".", join(target, "loop"));
  }
}

function writePlugin(configDir: string, local: string, dice: Dice): void {
  const files = {
    "agents/p0.md": agentFile("p0", dice.frontMatter()),
    "agents/sub/p1.md": agentFile("p1", dice.frontMatter()),
    "agents/bad.md":
      '---\nname: other\ndescription: Odd. For example:\n\n<example>\nuser: "do: it"\n---\nBody.\n',
    "more/listed.md": agentFile("listed", dice.frontMatter()),
    ...(dice.chance(0.15) ? { "settings.json": JSON.stringify({ agent: "p0" }) } : {}),
  };
  const manifest = dice.chance(0.3) ? { agents: ["./more/listed.md"] } : {};
  const enabled = dice.chance(0.75);
  installPlugin(configDir, "tidy", files, { manifest, enabled });
  if (dice.chance(0.25)) write(local, JSON.stringify({ enabledPlugins: { "tidy@market": !enabled } }));
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

function git(cwd: string, ...args: string[]): void {
  execFileSync("git", args, { cwd, stdio: "pipe" });
}

type Throws<T extends string> = Record<T, readonly [share: number, value: () => string]>;

/** Makes random choices that a seed repeats (mulberry32). */
function createDice(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const chance = (share: number) => next() < share;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const throwAll = <T extends string>(throws: Throws<T>) =>
    Object.fromEntries(
      Object.entries<readonly [number, () => string]>(throws).flatMap(([key, [share, value]]) =>
        chance(share) ? [[key, value()]] : [],
      ),
    ) as Partial<Record<T, string>>;
  const effort = () => pick(EFFORTS);
  const model = () => pick(MODELS);
  const frontMatter = () =>
    throwAll({
      model: [0.6, model],
      effort: [0.3, effort],
      tools: [0.15, () => pick(["Read Grep", "nope", "Read, nope"])],
    }) as Record<string, string>;
  const settings = () =>
    JSON.stringify({
      ...throwAll({
        model: [0.4, () => pick(["opus", "sonnet", "haiku"])],
        effortLevel: [0.15, () => pick(["low", "high"])],
        agent: [0.08, () => pick(NAMES)],
      }),
      ...(chance(0.25) && {
        env: throwAll({
          CLAUDE_CODE_SUBAGENT_MODEL: [0.8, () => pick(["haiku", "sonnet", "inherit"])],
          CLAUDE_CODE_SUBAGENT_EFFORT: [0.2, effort],
        }),
      }),
      ...(chance(0.1) && {
        permissions: { deny: [pick(["Agent(a0)", "Task(Explore)", "Agent(model:opus)"])] },
      }),
    });
  return { chance, pick, throwAll, effort, frontMatter, settings, number: () => Math.floor(next() * 1e9) };
}
