import { calledName, type AgentFile, readAgents, type SkippedFile } from "../agents/discover.ts";
import { whyNotLoaded } from "../agents/loading.ts";
import { locatePolicies } from "../policy/places.ts";
import { builtInAgents } from "./built-in.ts";
import { type ClientPlaces, locateClient, type PlacesRequest } from "./places.ts";
import { locatePlugins, type Plugin } from "./plugins.ts";
import { readSettings, type SettingsFile } from "./settings-files.ts";
import type { AgentModel, SettingsLayer, Surroundings } from "./types.ts";
import { isAtLeast, KNOWN_VERSION, SINCE } from "./version.ts";

/** Everything of the user's that decides what Claude Code runs. */
export interface Setup {
  /** The policy's folder. */
  root: string;
  configDir: string;
  env: NodeJS.ProcessEnv;
  /** Version of Claude Code that the set-up was read for. */
  version: string;
  places: ClientPlaces;
  /** Those that exist, the strongest first. */
  settings: readonly SettingsFile[];
  /** The same as they count. */
  layers: readonly SettingsLayer[];
  plugins: readonly Plugin[];
  /** Every file that was read, the strongest place first; not all of them load. */
  agents: readonly AgentFile[];
  /** Those of them that load. */
  loading: readonly AgentFile[];
  skipped: readonly SkippedFile[];
}

/** The set-up to read. */
export interface SetupRequest extends PlacesRequest {
  /** Version of Claude Code; the newest known by default. */
  version?: string | undefined;
}

/** Reads what Claude Code reads when it is started in a folder: settings of every level, plugins and agents. */
export async function readSetup(request: SetupRequest): Promise<Setup> {
  const { cwd, env, version = KNOWN_VERSION } = request;
  const places = locateClient(request);
  const settings = readSettings(places, version);
  const layers = settings.map(({ level, path, settings: counting }) => ({ level, path, settings: counting }));
  const plugins = locatePlugins(places.configDir, layers);
  // Of two agents with the same name, that of the farthest folder ran before 2.1.178.
  const nearest = isAtLeast(version, SINCE.nearestAgentWins);
  const projects = nearest ? places.projects : places.projects.toReversed();
  const { agents, skipped } = readAgents([
    { level: "managed", root: places.managed, followLinks: true },
    ...projects.map((root) => ({ level: "project" as const, root, followLinks: true })),
    { level: "user", root: places.configDir, followLinks: true },
    ...plugins.flatMap((plugin) => plugin.agents),
  ]);
  return {
    root: locatePolicies(cwd, env).root,
    configDir: places.configDir,
    env,
    version,
    places,
    settings,
    layers,
    plugins,
    agents,
    loading: agents.filter((file) => whyNotLoaded(file, version) === undefined),
    skipped,
  };
}

/** Returns the agents that Claude Code has in this set-up, by the name that they are called by. */
export function loadedAgents({ loading, version }: Setup): ReadonlyMap<string, AgentModel> {
  const loaded = new Map<string, AgentModel>();
  const add = (agent: AgentModel) => loaded.has(agent.name) || loaded.set(agent.name, agent);
  for (const file of loading) add(modelOf(file));
  for (const agent of builtInAgents(version)) add(agent);
  return loaded;
}

function modelOf(file: AgentFile): AgentModel {
  const { model, effort, path, tools } = file;
  return { name: calledName(file), model, effort, where: path, ...(tools && { tools }) };
}

/** Returns what decides besides the agent, in a session as it starts. */
export function surroundingsOf({ version, env, layers }: Setup): Surroundings {
  return { version, env, layers, session: { mode: "default", contextTokens: 0 } };
}

/** Returns the agent of a name; a name without its plugin is enough if only one plugin has such an agent. */
export function agentNamed(name: string, loaded: ReadonlyMap<string, AgentModel>): AgentModel | undefined {
  const short = [...loaded.values()].filter((agent) => agent.name.endsWith(`:${name}`));
  return loaded.get(name) ?? (short.length === 1 ? short[0] : undefined);
}

/** Returns the agent that the settings, or a plugin's own ones, make the main thread. */
export function sessionAgent(setup: Setup, loaded = loadedAgents(setup)): AgentModel | undefined {
  const name = sessionAgentName(setup);
  return name === undefined ? undefined : agentNamed(name, loaded);
}

function sessionAgentName({ layers, plugins, version }: Setup): string | undefined {
  const named = layers.find(({ settings }) => settings.agent)?.settings.agent;
  if (named !== undefined) return named;
  const plugin = isAtLeast(version, SINCE.pluginAgent) ? plugins.find(({ agent }) => agent) : undefined;
  return plugin && `${plugin.name}:${plugin.agent}`;
}
