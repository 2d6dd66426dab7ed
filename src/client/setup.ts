import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import {
  type AgentFile,
  type AgentSource,
  locatePlugins,
  readAgents,
  type SkippedFile,
} from "../agents/discover.ts";
import { codeOf, messageOf } from "../errors.ts";
import { parseClientSettings, type SettingsReading } from "./client-settings.ts";
import { builtInAgents } from "./built-in.ts";
import type { AgentModel, SettingsLayer, SettingsLevel } from "./types.ts";
import { locatePolicies } from "../policy/places.ts";
import { configDir } from "../agents/place.ts";

/** Everything of the user's that decides what Claude Code runs. */
export interface Setup {
  /** The project's folder. */
  root: string;
  configDir: string;
  env: NodeJS.ProcessEnv;
  /** Those that exist, the strongest first. */
  settings: readonly SettingsFile[];
  /** The same as they count. */
  layers: readonly SettingsLayer[];
  /** Every file that was read, the strongest place first; not all of them load. */
  agents: readonly AgentFile[];
  skipped: readonly SkippedFile[];
}

export interface SettingsFile extends SettingsReading {
  level: SettingsLevel;
  path: string;
  text: string;
}

export interface SetupRequest {
  cwd: string;
  env: NodeJS.ProcessEnv;
  /** The configuration folder, where it is not CLAUDE_CONFIG_DIR or ~/.claude. */
  claudeDir?: string | undefined;
}

/** Settings that an administrator puts on the machine. */
const MANAGED: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "/Library/Application Support/ClaudeCode/managed-settings.json",
  linux: "/etc/claude-code/managed-settings.json",
  win32: "C:\\Program Files\\ClaudeCode\\managed-settings.json",
};

/** Reads the settings of every level and the agents of project, user and plugins. */
export async function readSetup({ cwd, env, claudeDir }: SetupRequest): Promise<Setup> {
  const { root } = locatePolicies(cwd, env);
  const config = claudeDir ? resolve(cwd, claudeDir) : configDir(env);
  const settings = readSettings(root, config);
  const projects = foldersUp(cwd, root).map((folder): AgentSource => ({ level: "project", root: folder }));
  const sources = [...projects, { level: "user" as const, root: config }, ...(await locatePlugins(config))];
  const found = await readAgents(sources);
  return {
    root,
    configDir: config,
    env,
    settings,
    layers: settings.map(({ level, path, settings: counting }) => ({ level, path, settings: counting })),
    agents: found.agents,
    skipped: found.skipped,
  };
}

function readSettings(root: string, config: string): SettingsFile[] {
  const places: [SettingsLevel, string | undefined][] = [
    ["managed", MANAGED[process.platform]],
    ["local", join(root, ".claude/settings.local.json")],
    ["project", join(root, ".claude/settings.json")],
    ["user", join(config, "settings.json")],
  ];
  return places.flatMap(([level, path]) => {
    if (!path || !existsSync(path)) return [];
    try {
      const text = readFileSync(path, "utf8");
      return [{ level, path, text, ...parseClientSettings(text) }];
    } catch (thrown) {
      const fault = {
        at: [],
        message: `cannot be read: ${codeOf(thrown) ?? messageOf(thrown)}`,
        voids: true,
      };
      return [{ level, path, text: "", settings: {}, json: undefined, faults: [fault] }];
    }
  });
}

/** The folder and those above it, up to the project's; the nearest has the first say. */
function foldersUp(from: string, root: string): string[] {
  if (from === root) return [root];
  const above = dirname(from);
  return above === from ? [root] : [from, ...foldersUp(above, root)];
}

/** The agents that Claude Code has in this set-up: of one name the first found, and the built-in ones that no file hides. */
export function loadedAgents(setup: Setup, version: string): ReadonlyMap<string, AgentModel> {
  const loaded = new Map<string, AgentModel>();
  const add = (agent: AgentModel) => loaded.has(agent.name) || loaded.set(agent.name, agent);
  for (const file of setup.agents) if (loads(file)) add(modelOf(file));
  for (const agent of builtInAgents(version)) add(agent);
  return loaded;
}

/** Whether Claude Code takes the file for an agent. */
export function loads({ name, description }: AgentFile): boolean {
  return name !== undefined && description !== undefined;
}

function modelOf({ name = "", plugin, model, effort, path }: AgentFile): AgentModel {
  return { name: plugin ? `${plugin}:${name}` : name, model, effort, where: path };
}
