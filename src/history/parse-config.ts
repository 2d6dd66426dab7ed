import { resolveTimezone } from "../domain/calendar.ts";
import { InvalidInputError, type InputProblem } from "../errors.ts";
import { parseWritten } from "../policy/parse.ts";
import { readTextFile } from "../policy/read-file.ts";
import { type Config, DEFAULT_CONFIG, type LoadedConfig } from "./config.ts";
import { CONFIG_SCHEMA } from "./config-schema.ts";

/** Configurations as users write them: any key can be absent. */
type WrittenConfig = Partial<Omit<Config, "currency" | "plan">> & {
  currency?: Partial<Config["currency"]>;
  plan?: Partial<Config["plan"]>;
};

const WHAT = "the configuration file";

/** Reads the configuration file. Throws InvalidInputError with every problem in it. */
export function readConfig(path: string): LoadedConfig {
  return parseConfig(readTextFile(path) ?? "", path);
}

/** Parses a configuration. Throws InvalidInputError with every problem in it. */
export function parseConfig(text: string, path: string): LoadedConfig {
  const { value, lineOf } = parseWritten<WrittenConfig>(text, path, { what: WHAT, schema: CONFIG_SCHEMA });
  const problems = problemsIn(value).map(({ key = "", ...problem }): InputProblem => {
    const line = lineOf(key.split("."));
    return { path, ...(line !== undefined && { line }), key, ...problem };
  });
  if (problems.length > 0) throw new InvalidInputError(WHAT, problems);
  const { currency, plan, ...others } = value;
  return {
    config: {
      ...DEFAULT_CONFIG,
      ...others,
      currency: { ...DEFAULT_CONFIG.currency, ...currency },
      plan: { ...DEFAULT_CONFIG.plan, ...plan },
    },
    file: path,
    exists: true,
    lines: new Map(
      keysOf(value).flatMap((key) => {
        const line = lineOf(key.split("."));
        return line === undefined ? [] : [[key, line] as const];
      }),
    ),
  };
}

/** Finds what the schema cannot express. */
function problemsIn({ timezone, currency }: WrittenConfig): InputProblem[] {
  const problems: InputProblem[] = [];
  if (timezone !== undefined && resolveTimezone(timezone) === undefined)
    problems.push({
      key: "timezone",
      message: "unknown time zone",
      found: JSON.stringify(timezone),
      expected: "one such as Europe/Berlin or UTC",
    });
  const isHalf = (currency?.code === undefined) !== (currency?.perDollar === undefined);
  if (isHalf) problems.push({ key: "currency", message: "incomplete", expected: "both code and perDollar" });
  return problems;
}

/** Returns the dotted keys that are written, those of mappings one by one. */
function keysOf(value: object): string[] {
  return Object.entries(value).flatMap(([key, of]: [string, unknown]) =>
    typeof of === "object" && of !== null && !Array.isArray(of)
      ? Object.keys(of).map((inner) => `${key}.${inner}`)
      : [key],
  );
}
