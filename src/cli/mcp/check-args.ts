import { expectOneOf, nearest } from "../../domain/nearest.ts";
import { UsageError } from "../../errors.ts";
import type { McpArgs, McpTool } from "./tool.ts";

/** The longest argument: patterns become expressions, whose time grows with their length. */
const LONGEST_ARGUMENT = 200;

/** Checks the arguments of a call by the schema of its tool. Throws UsageError, which names what was expected. */
export function checkArgs({ name, properties, required = [] }: McpTool, given: unknown): McpArgs {
  const args = Object.entries((given ?? {}) as Record<string, unknown>);
  const known = Object.keys(properties);
  for (const [key, value] of args) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (!property) throw unknownArgument(name, key, known);
    if (typeof value !== "string" || value.trim() === "" || value.length > LONGEST_ARGUMENT)
      throw new UsageError(`${key}: invalid value "${JSON.stringify(value).slice(0, 60)}"`, {
        hint: `Expected a text of 1 to ${LONGEST_ARGUMENT} characters.`,
      });
    if (property.enum && !property.enum.includes(value))
      throw new UsageError(`${key}: unknown value "${value}"`, { hint: expectOneOf(value, property.enum) });
  }
  const missing = required.find((key) => !args.some(([own]) => own === key));
  if (missing !== undefined)
    throw new UsageError(`${name}: missing argument "${missing}"`, {
      hint: `Expected ${missing}: ${properties[missing]?.description ?? "a value"}`,
    });
  return Object.fromEntries(args);
}

function unknownArgument(tool: string, key: string, known: readonly string[]): UsageError {
  const meant = nearest(key, known);
  return new UsageError(`${tool}: unknown argument "${key}"`, {
    hint: meant === undefined ? `Expected some of ${known.join(", ")}.` : `Try ${meant}.`,
  });
}
