import type { SettingsLayer } from "./types.ts";

/** A variable as Claude Code sees it, with where it was set. */
export interface Variable {
  value: string;
  where: string;
}

/** The process's variables under those of the settings files: an `env` block replaces what the shell says. */
export type Environment = (name: string) => Variable | undefined;

export function createEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  layers: readonly SettingsLayer[],
): Environment {
  return (name) => {
    for (const { path, settings } of layers) {
      const value = settings.env?.[name];
      if (value !== undefined) return variable(value, `${path} env.${name}`);
    }
    return variable(env[name] ?? "", name);
  };
}

/** An empty variable is none. */
function variable(text: string, where: string): Variable | undefined {
  const value = text.trim();
  return value === "" ? undefined : { value, where };
}

/** `1`, `true`, `yes`, `on`: the words that switch something on; any other leaves it off. */
export function isOn(found: Variable | undefined): boolean {
  return found !== undefined && ["1", "true", "yes", "on"].includes(found.value.toLowerCase());
}
