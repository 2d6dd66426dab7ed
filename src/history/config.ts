import { existsSync, readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { nearest } from "../domain/nearest.ts";
import { InvalidInputError, type InputProblem, messageOf } from "../errors.ts";
import { configFile } from "./workspace.ts";

/** What the user configures for all commands: `rolecall/config.yaml` in the configuration folder of the system. */
export interface Config {
  /** Names of accounts, each with the configuration folder of Claude Code that it stands for. */
  accounts: Readonly<Record<string, string>>;
  /** Whether the store may keep the titles of sessions, which can hold words of prompts; default: no. */
  titles: boolean;
  /** Template of the status line: parts in braces (docs/hooks.md); default: rolecall's own. */
  statusline: string | null;
}

export const DEFAULTS: Config = { accounts: {}, titles: false, statusline: null };
const KEYS = Object.keys(DEFAULTS);

/** Loads the configuration file if there is one. Throws InvalidInputError with every problem in it. */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const path = configFile(env);
  if (!existsSync(path)) return DEFAULTS;
  return parseConfig(readFileSync(path, "utf8"), path);
}

export function parseConfig(text: string, path: string): Config {
  const problems: InputProblem[] = [];
  let value: unknown;
  try {
    const document = parseDocument(text);
    for (const error of document.errors) problems.push({ path, message: messageOf(error) });
    value = document.toJS() ?? {};
  } catch (thrown) {
    problems.push({ path, message: messageOf(thrown) });
  }
  const fields = problems.length === 0 ? fieldsOf(value, path, problems) : {};
  if (problems.length > 0) throw new InvalidInputError("the configuration file", problems);
  return { ...DEFAULTS, ...fields };
}

function fieldsOf(value: unknown, path: string, problems: InputProblem[]): Partial<Config> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    problems.push({ path, message: `not a mapping. Expected the keys ${KEYS.join(", ")}` });
    return {};
  }
  const found: { -readonly [Key in keyof Config]?: Config[Key] } = {};
  for (const [key, of] of Object.entries(value as Record<string, unknown>)) {
    if (key === "titles" && typeof of === "boolean") found.titles = of;
    else if (key === "accounts" && isTextMap(of)) found.accounts = of;
    else if (key === "statusline" && typeof of === "string") found.statusline = of;
    else problems.push({ path, message: problemWith(key) });
  }
  return found;
}

function problemWith(key: string): string {
  if (key === "titles") return "titles: not true or false";
  if (key === "accounts") return "accounts: not a mapping of names to folders";
  if (key === "statusline") return 'statusline: not a text such as "{model} | {today}"';
  const close = nearest(key, KEYS);
  return `unknown key "${key}". Expected ${KEYS.join(", ")}${close === undefined ? "" : `. Did you mean ${close}?`}`;
}

function isTextMap(value: unknown): value is Record<string, string> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((of) => typeof of === "string")
  );
}
