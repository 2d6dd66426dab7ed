import glob from "fast-glob";
import type { Dirent } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { messageOf } from "../errors.ts";
import { readRegularFile, readTextFile } from "../policy/read-file.ts";
import { type FrontMatter, parseFrontMatter } from "./frontmatter.ts";
import { splitTools } from "./tools.ts";

/** Origin of an agent file. Of two agents with the same name, the one whose level comes first here runs. */
export type AgentLevel = "project" | "user" | "plugin";

/** A folder to search for agents. */
export interface AgentSource {
  level: AgentLevel;
  /** The folder above `.claude` for projects, the configuration folder for users, the plugin's own folder for plugins. */
  root: string;
  /** Name of the plugin. */
  plugin?: string;
}

/** One agent file on disk. */
export interface AgentFile {
  level: AgentLevel;
  /** Absolute. */
  path: string;
  plugin?: string;
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
  path: string;
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
 * Reads every agent file of the sources and their sub-folders. Lists symbolic links but never follows them, so that nothing outside
 * of a source is read.
 */
export async function readAgents(sources: readonly AgentSource[]): Promise<FoundAgents> {
  return readAgentsNow(sources);
}

/** Reads the same without leaving the current task, for reports that are made in one go. */
export function readAgentsNow(sources: readonly AgentSource[]): FoundAgents {
  const found: FoundAgents = { agents: [], skipped: [] };
  for (const source of sources) {
    const folder = join(source.root, source.level === "project" ? ".claude/agents" : "agents");
    for (const entry of listFiles(folder)) {
      const path = join(folder, entry.path);
      if (entry.why) found.skipped.push({ path, why: entry.why });
      else readInto(found, source, path);
    }
  }
  return found;
}

function readInto(found: FoundAgents, source: AgentSource, path: string): void {
  try {
    const bytes = readRegularFile(path, { mostBytes: MOST_BYTES });
    if (bytes) found.agents.push(parseAgentFile(bytes, path, source));
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
    ...(plugin === undefined ? {} : { plugin }),
    ...textOf("name", name ?? (level === "plugin" ? basename(path, ".md") : undefined)),
    ...textOf("description", description),
    ...textOf("model", model),
    ...textOf("effort", typeof effort === "number" ? String(effort) : effort),
    ...withTools(splitTools(tools)),
  };
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

/** Reading a pipe could wait forever, and a link could lead anywhere. */
function whyNotRead(entry: Pick<Dirent, "isFile" | "isSymbolicLink">, bytes: number): string | undefined {
  if (entry.isSymbolicLink()) return "it is a symbolic link";
  if (!entry.isFile()) return "it is not a regular file";
  return bytes > MOST_BYTES ? "it is larger than 4 MB" : undefined;
}

function listFiles(folder: string): Entry[] {
  const entries = glob.sync("**/*.md", {
    cwd: folder,
    followSymbolicLinks: false,
    onlyFiles: false,
    objectMode: true,
    stats: true,
    caseSensitiveMatch: false,
    suppressErrors: true,
    dot: true,
  });
  return entries
    .filter((entry) => !entry.dirent.isDirectory())
    .map(({ path, dirent, stats }) => ({ path, why: whyNotRead(dirent, stats?.size ?? 0) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * Finds the plugins with agents below a configuration folder: those that `installed_plugins.json` names, or every one in the cache if
 * there is no such file.
 */
export async function locatePlugins(configDir: string): Promise<AgentSource[]> {
  const plugins = join(configDir, "plugins");
  const files = await glob("**/agents/**/*.md", {
    cwd: plugins,
    followSymbolicLinks: false,
    ignore: ["**/node_modules/**", "**/.git/**", "marketplaces/**"],
    suppressErrors: true,
    deep: 10,
  });
  const installed = readInstalled(plugins);
  const roots = new Set(files.map((file) => join(plugins, file.slice(0, file.search(/(?:^|\/)agents\//)))));
  return [...roots]
    .filter((root) => installed.length === 0 || installed.some((path) => isInside(root, path)))
    .sort()
    .map((root) => ({ level: "plugin", root, plugin: pluginName(root) }));
}

/** Reads the installation folders of the installed plugins. */
function readInstalled(plugins: string): string[] {
  try {
    const text = readTextFile(join(plugins, "installed_plugins.json")) ?? "";
    return [...text.matchAll(/"installPath"\s*:\s*("(?:[^"\\]|\\.)*")/g)].map(
      ([, path]) => JSON.parse(path ?? '""') as string,
    );
  } catch {
    return [];
  }
}

function isInside(path: string, folder: string): boolean {
  const from = relative(folder, path);
  return from === "" || (!from.startsWith(`..${sep}`) && from !== "..");
}

/** Returns the plugin's folder name, or the one above if the folder is named after a version. */
function pluginName(root: string): string {
  const name = basename(root);
  return /^v?\d+(?:\.\d+)*|^[0-9a-f]{7,40}$|^unknown$/.test(name) ? basename(dirname(root)) : name;
}
