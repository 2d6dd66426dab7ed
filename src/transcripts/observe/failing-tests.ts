import { type CheckKind, type FailedTests, hashFailed } from "../../domain/check.ts";

/** Formats in which runners name failures: tests by name, files and packages by path. */
const NAMED: readonly RegExp[] = [
  /^\s*--- FAIL: (\w[\w.-]*)/gm, // go
  /^FAIL\s+(\S+\/\S+|\S+\.\w+)(?:\s|$)/gm, // go, jest, vitest
  /^FAILED \S+?::(?:\w+::)*(\w+)/gm, // pytest
  /^test (?:[\w:]*::)?(\w+) \.\.\. FAILED/gm, // cargo
  /^rspec \.\/(\S+?):\d+/gm,
];

/** A longer list may be cut off, and does not show what has to pass. */
const MOST_NAMED = 12;

/** Returns the tests, files and packages that a red test run names as failed; undefined when it names none or many. */
export function failingTests(kind: CheckKind, text: string): FailedTests | undefined {
  if (kind !== "test" && kind !== "all") return undefined;
  if (!text.includes("FAIL") && !text.includes("rspec ./")) return undefined;
  const named = new Set<string>();
  for (const pattern of NAMED)
    for (const [line, name = ""] of text.matchAll(pattern)) {
      if (!line.includes("[setup failed]")) named.add(name);
      if (named.size > MOST_NAMED) return undefined;
    }
  return named.size === 0 ? undefined : hashFailed([...named]);
}
