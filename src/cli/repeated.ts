import type { Options } from "yargs";
import { UsageError } from "../errors.ts";

/** Options whose value is a list with commas: given twice, the lists are one behind the other. */
const LISTS: ReadonlySet<string> = new Set(["by", "ladder", "allow"]);

/**
 * Returns the options of a command line with one value each, except for those declared as arrays. yargs makes an array of an option
 * that is given twice, whatever its type. Throws UsageError for one that takes one value.
 */
export function withoutRepeats<A extends Record<string, unknown>>(
  args: A,
  options: Readonly<Record<string, Options>>,
): A {
  const single: Record<string, unknown> = { ...args };
  for (const [name, { array, type }] of Object.entries(options)) {
    const value = args[name];
    if (array || type === "array" || !Array.isArray(value)) continue;
    if (type === "boolean") single[name] = value.at(-1);
    else if (LISTS.has(name)) single[name] = value.join(",");
    else
      throw new UsageError(`--${name}: given ${value.length} times`, {
        hint: `Expected one value. Given: ${value.map((one) => JSON.stringify(one)).join(", ")}.`,
      });
  }
  return single as A;
}
