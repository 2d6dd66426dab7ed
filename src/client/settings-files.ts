import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { RolecallError } from "../errors.ts";
import { readTextFile } from "../policy/read-file.ts";
import { parseClientSettings, type SettingsReading } from "./client-settings.ts";
import type { ClientPlaces } from "./places.ts";
import type { SettingsLevel } from "./types.ts";
import { isAtLeast, SINCE } from "./version.ts";

export interface SettingsFile extends SettingsReading {
  level: SettingsLevel;
  path: string;
  text: string;
}

/** Reads the settings files that Claude Code reads, the strongest first. */
export function readSettings(places: ClientPlaces, version: string): SettingsFile[] {
  return pathsOf(places, version).flatMap(([level, path]) => readOne(level, path, version) ?? []);
}

function pathsOf(
  { cwd, configDir, mainCheckout, managed }: ClientPlaces,
  version: string,
): [SettingsLevel, string][] {
  const local = isAtLeast(version, SINCE.localOfMainCheckout) && mainCheckout ? [mainCheckout, cwd] : [cwd];
  return [
    ...dropIns(join(managed, "managed-settings.d")).map((path): [SettingsLevel, string] => ["managed", path]),
    ["managed", join(managed, "managed-settings.json")],
    ...[...new Set(local)].map((root): [SettingsLevel, string] => [
      "local",
      join(root, ".claude/settings.local.json"),
    ]),
    ["project", join(cwd, ".claude/settings.json")],
    ["user", join(configDir, "settings.json")],
  ];
}

/** Lists an administrator's more files: the last by name is the strongest. */
function dropIns(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith(".json") && !name.startsWith("."));
  return names
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

function readOne(level: SettingsLevel, path: string, version: string): SettingsFile | undefined {
  try {
    const text = readTextFile(path);
    return text === undefined ? undefined : { level, path, text, ...parseClientSettings(text, version) };
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    const message = error.message.replace(`${path}: `, "");
    const faults = [{ at: [], message, voids: true }];
    return { level, path, text: "", settings: {}, json: undefined, faults };
  }
}
