import { type Config, loadConfig } from "../history/config.ts";
import { CONFIG_SCHEMA } from "../history/config-schema.ts";

/** One value of the configuration, and where it comes from. */
export interface ConfigValue {
  /** Dotted: `plan.week`. */
  key: string;
  /** Null where nothing is set and the machine decides. */
  value: unknown;
  from: "file" | "default" | "environment";
  /** Line of the file. */
  line: number | null;
  /** The variable of the environment. */
  variable: string | null;
  description: string;
}

export interface ConfigReport {
  /** The path of the file, whether it exists or not. */
  file: string;
  exists: boolean;
  values: ConfigValue[];
}

/** Reads every value of the configuration with its origin. Throws InvalidInputError with every problem in the file. */
export async function readConfigReport(env: NodeJS.ProcessEnv): Promise<ConfigReport> {
  const { config, file, exists, lines } = await loadConfig(env);
  const values = keysOf(config).map(({ key, value, description }): ConfigValue => {
    const line = lines.get(key) ?? null;
    const variable = variableFor(key, env);
    if (variable !== undefined)
      return { key, value: env[variable], from: "environment", line, variable, description };
    return { key, value, from: line === null ? "default" : "file", line, variable: null, description };
  });
  return { file, exists, values };
}

/** Returns the variable of the environment that decides instead of the file. */
function variableFor(key: string, env: NodeJS.ProcessEnv): string | undefined {
  const variables = key === "timezone" ? ["TZ"] : key === "color" ? ["NO_COLOR", "FORCE_COLOR"] : [];
  return variables.find((name) => env[name]);
}

type KeyValue = Pick<ConfigValue, "key" | "value" | "description">;

/** Lists the keys of the schema; those of mappings with free names only if they are set. */
function keysOf(config: Config): KeyValue[] {
  return Object.entries(CONFIG_SCHEMA.properties).flatMap(([key, schema]): KeyValue[] => {
    const value: unknown = config[key as keyof Config] ?? null;
    const { description } = schema;
    if (!("type" in schema) || schema.type !== "object") return [{ key, value, description }];
    const inner: Readonly<Record<string, { description: string }>> =
      "properties" in schema ? schema.properties : {};
    const given = (value ?? {}) as Readonly<Record<string, unknown>>;
    const names = [...new Set([...Object.keys(inner), ...Object.keys(given)])];
    if (names.length === 0) return [{ key, value: null, description }];
    return names.map((name) => ({
      key: `${key}.${name}`,
      value: given[name] ?? null,
      description: inner[name]?.description ?? description,
    }));
  });
}
