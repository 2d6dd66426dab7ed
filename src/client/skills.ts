import { readdirSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { parseFrontMatter } from "../agents/frontmatter.ts";
import { RolecallError } from "../errors.ts";
import { readRegularFile } from "../policy/read-file.ts";
import type { Setup } from "./setup.ts";

/** A skill or a command, with what its front matter says about models. */
export interface Skill {
  /** The name that it is called by: `name`, or `plugin:name`. */
  name: string;
  /** The name in its front matter. */
  title: string | undefined;
  path: string;
  model: string | undefined;
  effort: string | undefined;
  /** The agent that runs it as a sub-agent; undefined if it runs in the main thread. */
  fork: string | undefined;
}

/** Finds the skills and commands that Claude Code has in a set-up, by name: the user's go before the project's. */
export function loadSkills({ places, configDir, plugins }: Setup): ReadonlyMap<string, Skill> {
  const folders = [claudeFolder(places.managed), configDir, ...places.projects.map(claudeFolder)];
  const own = folders.flatMap((folder) => skillsIn(folder, ""));
  const ofPlugins = plugins.flatMap(({ root, name }) => skillsIn(root, `${name}:`));
  const found = new Map<string, Skill>();
  const add = (name: string, skill: Skill) => found.has(name) || found.set(name, skill);
  for (const skill of [...own, ...ofPlugins]) add(skill.name, skill);
  // A skill also answers to the name in its front matter.
  for (const skill of own) if (skill.title !== undefined) add(skill.title, skill);
  return found;
}

function claudeFolder(root: string): string {
  return join(root, ".claude");
}

function skillsIn(folder: string, prefix: string): Skill[] {
  const skills = join(folder, "skills");
  const commands = join(folder, "commands");
  return [
    ...list(skills, false).map((name) => read(join(skills, name, "SKILL.md"), prefix + name)),
    ...list(commands, true)
      .filter((path) => path.endsWith(".md"))
      .map((path) => read(join(commands, path), prefix + commandName(path))),
  ].flatMap((skill) => skill ?? []);
}

/** `git/go.md` is called `git:go`. */
function commandName(path: string): string {
  return join(dirname(path), basename(path, ".md"))
    .split(sep)
    .filter((part) => part !== ".")
    .join(":");
}

function list(folder: string, recursive: boolean): string[] {
  try {
    return readdirSync(folder, { recursive, encoding: "utf8" })
      .map((path) => relative(".", path))
      .sort();
  } catch {
    return []; // most folders have none
  }
}

function read(path: string, name: string): Skill | undefined {
  try {
    const bytes = readRegularFile(path);
    if (!bytes) return undefined;
    const { keys } = parseFrontMatter(bytes);
    const fork = keys["context"] === "fork" ? (textOf(keys["agent"]) ?? "general-purpose") : undefined;
    return {
      name,
      title: textOf(keys["name"]),
      path,
      model: textOf(keys["model"]),
      effort: textOf(keys["effort"]),
      fork,
    };
  } catch (error) {
    if (error instanceof RolecallError) return undefined; // a pipe, or larger than any skill
    throw error;
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}
