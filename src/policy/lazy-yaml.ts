import { createRequire } from "node:module";
import type * as Yaml from "yaml";

const require = createRequire(import.meta.url);

/** Returns the YAML library. It takes 45 ms to load, and most commands read no YAML. */
export function loadYaml(): typeof Yaml {
  return require("yaml") as typeof Yaml;
}
