import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const SOURCES = globSync("src/**/*.ts").map((file) => ({ file, text: readFileSync(file, "utf8") }));

/** Returns the texts that a pattern captures in all sources, each with its file. */
function captured(pattern: RegExp): string[] {
  return SOURCES.flatMap(({ file, text }) =>
    [...text.matchAll(pattern)].map(([, found = ""]) => `${file}: ${found.replaceAll(/\s+/g, " ")}`),
  );
}

describe("errors", () => {
  it("say `subject: problem`", () => {
    const messages = captured(/new (?:Usage|Rolecall)Error\(\s*["'`]([^\n]*?)["'`](?:,|\))/g);
    expect(messages.length).toBeGreaterThan(80);
    expect(
      messages.filter((text) => !/\.ts: (?:[^A-Z"]|\$\{[^}]*\}|[A-Z]+_)[^:]*: |: unknown command/.test(text)),
    ).toEqual([]);
  });

  it("go on with what was expected, or what to try", () => {
    const hints = captured(/hint:\s*(?:[^"'`\n]*\?\s*)?["'`]([^\n]*?)["'`](?:,|\s|\})/g);
    expect(hints.length).toBeGreaterThan(80);
    expect(hints.filter((text) => !/\.ts: (?:Expected|Try) /.test(text))).toEqual([]);
  });
});
