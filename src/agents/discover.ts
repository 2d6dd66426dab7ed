import type glob from "fast-glob";
import { createRequire } from "node:module";
import { type Dirent, type Stats, existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { messageOf } from "../errors.ts";
import { readRegularFile } from "../policy/read-file.ts";
import { type FrontMatter, parseFrontMatter } from "./frontmatter.ts";
import { splitTools } from "./tools.ts";

const require = createRequire(import.meta.url);
/** Loaded where there is a folder to search. */
const loadGlob = (): typeof glob => require("fast-glob") as typeof glob;

/** Origin of an agent file. Of two agents with the same name, the one whose level comes first here runs. */
export type AgentLevel = "managed" | "project" | "user" | "plugin";

/** A folder to search for agents. */
export interface AgentSource {
  level: AgentLevel;
  /** The folder above `.claude` for projects and managed agents, the configuration folder for users, the plugin's own folder for plugins. */
  root: string;
  /** Name of the plugin. */
  plugin?: string;
  /** Files that the plugin's manifest lists; by default those of its `agents` folder. */
  files?: readonly string[];
  /** Reads files and folders that are links too, as Claude Code does except in plugins. */
  followLinks?: boolean;
}

/** One agent file on disk. */
export interface AgentFile {
  level: AgentLevel;
  /** Absolute. */
  path: string;
  plugin?: string;
  /** Prefix of the name that the agent is called by: `plugin` or `plugin:folder`. */
  scope?: string;
  bytes: Buffer;
  frontMatter: FrontMatter;
  /** Name and description; both undefined if Claude Code does not load the file as an agent. */
  name?: string;
  description?: string;
  model?: string;
  /** The written value, valid or not. */
  effort?: string;
  /** Entries of its list; undefined if the agent has all tools. */
  tools?: readonly string[];
}

/** A file that was not read, and the reason. */
export interface SkippedFile {
  /** Path of the file. */
  path: string;
  /** Reason why it could not be read. */
  why: string;
}

export interface FoundAgents {
  /** By level, then by path. */
  agents: AgentFile[];
  skipped: SkippedFile[];
}

/** Larger agent files are not read. */
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Reads every agent file of the sources and their sub-folders. Without `followLinks`, lists symbolic links but reads nothing through
 * them.
 */
export function readAgents(sources: readonly AgentSource[]): FoundAgents {
  const found: FoundAgents = { agents: [], skipped: [] };
  for (const source of sources) {
    for (const path of source.files ?? []) readInto(found, source, path);
    if (source.files) continue;
    for (const { path, why } of listFiles(agentsFolder(source), source.followLinks ?? false)) {
      if (why) found.skipped.push({ path, why });
      else readInto(found, source, path);
    }
  }
  return found;
}

function agentsFolder({ level, root }: AgentSource): string {
  return join(root, level === "project" || level === "managed" ? ".claude/agents" : "agents");
}

function readInto(found: FoundAgents, source: AgentSource, path: string): void {
  try {
    const bytes = readRegularFile(path, { mostBytes: MOST_BYTES });
    if (!bytes) return;
    const agent = parseAgentFile(bytes, path, source);
    const { reading, why = "" } = agent.frontMatter;
    if (reading === "unread") found.skipped.push({ path, why });
    else found.agents.push(agent);
  } catch (error) {
    found.skipped.push({ path, why: messageOf(error).replace(`${path}: `, "") });
  }
}

/** Parses the agent in a file's bytes. */
export function parseAgentFile(bytes: Buffer, path: string, source: AgentSource): AgentFile {
  const frontMatter = parseFrontMatter(bytes);
  const { level, plugin } = source;
  const { name, description, model, effort, tools } = frontMatter.keys;
  return {
    level,
    path,
    bytes,
    frontMatter,
    ...(plugin === undefined ? {} : { plugin, scope: scopeOf(path, plugin, source) }),
    ...textOf("name", level === "plugin" ? nameInPlugin(name, path) : name),
    ...textOf("description", description),
    ...textOf("model", model),
    ...textOf("effort", typeof effort === "number" ? String(effort) : effort),
    ...withTools(splitTools(tools)),
  };
}

/** Returns the name of a plugin's agent: other values count as their text, and the name of the file stands for a missing one. */
function nameInPlugin(name: unknown, path: string): string {
  const isPlain = typeof name === "string" || typeof name === "number" || typeof name === "boolean";
  const written = Array.isArray(name) ? name.join() : isPlain ? String(name) : "";
  return written || basename(path).replace(/\.md$/i, "");
}

/** Returns the prefix of a plugin's agent: the plugin, then the sub-folders. Files of a manifest have the plugin alone. */
function scopeOf(path: string, plugin: string, source: AgentSource): string {
  const folders = source.files ? "" : relative(agentsFolder(source), dirname(path));
  return [plugin, ...folders.split(/[\\/]/).filter(Boolean)].join(":");
}

/** Returns the name that an agent is called by: that of a plugin's has the plugin and its sub-folders in front. */
export function calledName({ scope, name = "" }: Pick<AgentFile, "scope" | "name">): string {
  return scope === undefined ? name : `${scope}:${name}`;
}

function withTools(tools: string[] | undefined): { tools?: string[] } {
  return tools === undefined ? {} : { tools };
}

function textOf<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  const text = typeof value === "string" ? value.trim() : "";
  return (text ? { [key]: text } : {}) as { [P in K]?: string };
}

interface Entry {
  path: string;
  why: string | undefined;
}

/** The reason for a skipped file that Claude Code cannot load either. */
export const DEAD_LINK = "the link leads nowhere";

/** Reading a pipe could wait forever, and a link could lead anywhere. */
function whyNotRead(entry: Pick<Dirent, "isFile" | "isSymbolicLink">, bytes: number): string | undefined {
  if (entry.isSymbolicLink()) return "it is a symbolic link";
  if (!entry.isFile()) return "it is not a regular file";
  return bytes > MOST_BYTES ? "it is larger than 4 MB" : undefined;
}

/** Lists the `.md` files of a folder and its sub-folders, by path. A folder that links lead to again is listed once. */
function listFiles(folder: string, followLinks: boolean, seen = new Set<string>()): Entry[] {
  if (!existsSync(folder)) return [];
  const entries = loadGlob().sync("**", {
    cwd: folder,
    followSymbolicLinks: false,
    onlyFiles: false,
    objectMode: true,
    stats: true,
    suppressErrors: true,
    dot: true,
  });
  const listed: Entry[] = [];
  for (const { path: below, dirent, stats } of entries) {
    const path = join(folder, below);
    const target = followLinks && dirent.isSymbolicLink() ? targetOf(path) : undefined;
    if (target?.isDirectory()) {
      const real = realpathSync(path);
      const known = seen.has(real) || isInside(folder, real);
      seen.add(real);
      if (!known) listed.push(...listFiles(path, followLinks, seen));
    } else if ((followLinks ? below : below.toLowerCase()).endsWith(".md") && !dirent.isDirectory())
      listed.push({
        path,
        why:
          followLinks && !target && dirent.isSymbolicLink()
            ? DEAD_LINK
            : whyNotRead(target ?? dirent, target?.size ?? stats?.size ?? 0),
      });
  }
  return listed.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Returns what a link leads to; undefined for one that leads nowhere, such as a link to itself. */
function targetOf(link: string): Stats | undefined {
  try {
    return statSync(link);
  } catch {
    return undefined;
  }
}

function isInside(path: string, folder: string): boolean {
  const from = relative(folder, realpathSync(path));
  return from === "" || (from !== ".." && !from.startsWith("../"));
}
