import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { AgentSource } from "../agents/discover.ts";
import { isObject } from "../domain/objects.ts";
import { RolecallError } from "../errors.ts";
import { readTextFile } from "../policy/read-file.ts";
import type { SettingsLayer } from "./types.ts";

/** A plugin that Claude Code loads. */
export interface Plugin {
  /** The name in its manifest. */
  name: string;
  root: string;
  /** Its agents; one source for its folder or for the files that its manifest lists. */
  agents: readonly AgentSource[];
  /** The agent that its own settings make the main thread. */
  agent?: string;
}

type JsonRecord = Readonly<Record<string, unknown>>;

/** Finds the plugins that the settings enable and whose marketplace Claude Code knows, in the order of the settings. */
export function locatePlugins(configDir: string, layers: readonly SettingsLayer[]): Plugin[] {
  const folder = join(configDir, "plugins");
  const markets = readObject(join(folder, "known_marketplaces.json"));
  const installed = objectAt(readObject(join(folder, "installed_plugins.json")), "plugins");
  return enabledPlugins(layers).flatMap((id) => {
    const [, name = "", market = ""] = /^(.+)@([^@]+)$/.exec(id) ?? [];
    const known = objectAt(markets, market);
    if (Object.keys(known).length === 0) return [];
    const entry = entryOf(known, name);
    const root = rootOf(known, entry) ?? installedAt(installed[id]);
    return root === undefined || !existsSync(root) ? [] : [readPlugin(root, name, entry)];
  });
}

/** Returns the plugins whose strongest entry in the settings is `true`. */
function enabledPlugins(layers: readonly SettingsLayer[]): string[] {
  const decided = new Map<string, unknown>();
  for (const { settings } of layers)
    for (const [id, value] of Object.entries(settings.enabledPlugins ?? {}))
      if (!decided.has(id)) decided.set(id, value);
  return [...decided].flatMap(([id, value]) => (value === true ? [id] : []));
}

/** Returns what a marketplace says about one of its plugins. */
function entryOf(market: JsonRecord, name: string): JsonRecord {
  const place = market["installLocation"];
  if (typeof place !== "string") return {};
  const { plugins } = readObject(join(place, ".claude-plugin/marketplace.json"));
  const found: unknown = Array.isArray(plugins)
    ? plugins.find((one) => isObject(one) && one["name"] === name)
    : undefined;
  return isObject(found) ? found : {};
}

/** Returns the folder of a plugin whose marketplace is a folder: Claude Code reads it there, not from its cache. */
function rootOf(market: JsonRecord, { source }: JsonRecord): string | undefined {
  const place = market["installLocation"];
  const isFolder = objectAt(market, "source")["source"] === "directory";
  return isFolder && typeof place === "string" && typeof source === "string"
    ? resolve(place, source)
    : undefined;
}

function installedAt(entries: unknown): string | undefined {
  const [first] = Array.isArray(entries) ? (entries as unknown[]) : [];
  const path = isObject(first) ? first["installPath"] : undefined;
  return typeof path === "string" ? path : undefined;
}

function readPlugin(root: string, listedName: string, entry: JsonRecord): Plugin {
  const manifest = readObject(join(root, ".claude-plugin/plugin.json"));
  const name = typeof manifest["name"] === "string" ? manifest["name"] : listedName;
  const { agent } = readObject(join(root, "settings.json"));
  const files = filesOf(root, manifest["agents"]);
  const source = { level: "plugin", root, plugin: name } as const;
  // A list with a folder in it is a wrong type: the plugin does not load.
  const own = files === undefined ? [source] : [{ ...source, files }];
  const added = filesOf(root, entry["agents"]);
  const agents = [...own, ...(added ? [{ ...source, files: added }] : [])];
  return {
    name,
    root,
    agents: isInvalid(manifest["agents"]) ? [] : agents,
    ...(typeof agent === "string" && { agent }),
  };
}

/** Returns the agent files that a manifest lists; undefined if it lists none. */
function filesOf(root: string, listed: unknown): string[] | undefined {
  if (listed === undefined) return undefined;
  const paths = (Array.isArray(listed) ? listed : [listed]).filter((path) => typeof path === "string");
  return [...new Set(paths.map((path) => resolve(root, path)))].filter((path) => existsSync(path));
}

/** A manifest may list `.md` files only. */
function isInvalid(listed: unknown): boolean {
  if (listed === undefined) return false;
  return (Array.isArray(listed) ? listed : [listed]).some(
    (path) => typeof path !== "string" || !path.endsWith(".md"),
  );
}

/** Reads a JSON object; empty if the file does not exist or is something else. */
export function readObject(path: string): JsonRecord {
  try {
    const json: unknown = JSON.parse(readTextFile(path) ?? "{}");
    return isObject(json) ? json : {};
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RolecallError) return {};
    throw error;
  }
}

function objectAt(json: JsonRecord, key: string): JsonRecord {
  const value = json[key];
  return isObject(value) ? value : {};
}
