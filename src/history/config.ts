import { existsSync } from "node:fs";
import type { Weekday } from "../domain/calendar.ts";
import type { COLORS } from "./config-schema.ts";
import { configFile } from "./workspace.ts";

/** The user's configuration of all commands: `rolecall/config.yaml` in the configuration folder of the system (docs/config.md). */
export interface Config {
  /** Days that reports cover. */
  period: number | "all";
  /** Absent: the machine's. */
  timezone?: string;
  weekStart: Weekday;
  currency: Currency;
  plan: PlanLimits;
  /** Names of accounts, each with the configuration folder of Claude Code that it stands for. */
  accounts: Readonly<Record<string, string>>;
  /** Whether the store may keep the titles of sessions, which can hold words of prompts. */
  titles: boolean;
  /** Template of the status line: parts in braces (docs/hooks.md); absent: rolecall's own. */
  statusline?: string;
  color: (typeof COLORS)[number];
  /** Names of columns by the name of the command. */
  columns: Readonly<Record<string, readonly string[]>>;
}

export interface Currency {
  code: string;
  perDollar: number;
}

/** The limits of a subscription, in API-equivalent dollars; `max`: the most that a finished window had. */
export interface PlanLimits {
  name?: string;
  fiveHours: number | "max";
  week: number | "max";
  /** Start of the week, such as `tuesday 09:00`; absent: at midnight of the first day of a week. */
  weekReset?: string;
}

export const DEFAULT_CONFIG: Config = {
  period: 30,
  weekStart: "monday",
  currency: { code: "USD", perDollar: 1 },
  plan: { fiveHours: "max", week: "max" },
  accounts: {},
  titles: false,
  color: "auto",
  columns: {},
};

/** A configuration, and where it comes from. */
export interface LoadedConfig {
  config: Config;
  file: string;
  exists: boolean;
  /** The lines of the file that set keys, by dotted key. */
  lines: ReadonlyMap<string, number>;
}

/** Loads the configuration file if there is one. Throws InvalidInputError with every problem in it. */
export async function loadConfig(env: NodeJS.ProcessEnv): Promise<LoadedConfig> {
  const file = configFile(env);
  // What reads YAML takes a while to load, and most machines have no file for it.
  if (!existsSync(file)) return { config: DEFAULT_CONFIG, file, exists: false, lines: new Map() };
  return (await import("./parse-config.ts")).readConfig(file);
}
