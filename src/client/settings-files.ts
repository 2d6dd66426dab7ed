import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { RolecallError } from "../errors.ts";
import { readRegularFile } from "../policy/read-file.ts";
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

/** Returns the administrator's file because of which Claude Code does not start: it is not a JSON object. */
export function fileThatStopsClient(
  files: readonly SettingsFile[],
  version: string,
): SettingsFile | undefined {
  if (!isAtLeast(version, SINCE.managedMustParse)) return undefined;
  return files.find(({ level, json }) => level === "managed" && json === undefined);
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

/** Byte order mark of a file that an editor saved as "Unicode". */
const UTF_16_MARK = Buffer.from([0xff, 0xfe]);

function readOne(level: SettingsLevel, path: string, version: string): SettingsFile | undefined {
  try {
    const bytes = readRegularFile(path);
    if (!bytes) return undefined;
    const text = bytes.toString(bytes.subarray(0, 2).equals(UTF_16_MARK) ? "utf16le" : "utf8");
    return { level, path, text, ...parseClientSettings(text, version, { managed: level === "managed" }) };
  } catch (error) {
    if (!(error instanceof RolecallError)) throw error;
    const message = error.message.replace(`${path}: `, "");
    const faults = [{ at: [], message, voids: true }];
    return { level, path, text: "", settings: {}, json: undefined, faults };
  }
}
