import { globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { proseOf } from "../helpers/prose.ts";
import list from "./words.json" with { type: "json" };

const rules: {
  words: { not: string; write: string }[];
  allowed: { in: string; text: string; why: string }[];
} = list;

const FILES = [
  ...globSync(["src/**/*.ts", "docs/**/*.md", "templates/**/*.*", "schema/*.json"]),
  "README.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
];

describe("words", () => {
  it("no word that the style guide replaces is left in code, docs, templates and schema", () => {
    expect(FILES.flatMap(replacedWords)).toEqual([]);
  });

  it("every exception is still needed", () => {
    const unused = rules.allowed.filter(
      ({ in: file, text }) => !proseOf(file, readFileSync(file, "utf8")).includes(text),
    );
    expect(unused).toEqual([]);
  });
});

describe("doc comments", () => {
  it("begin with a verb or a noun, not with a question", () => {
    const headless = FILES.filter((file) => file.endsWith(".ts")).flatMap((file) =>
      readFileSync(file, "utf8")
        .split("\n")
        .flatMap((line, index) => (HEADLESS.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
    );
    expect(headless).toEqual([]);
  });
});

/** The first line of a doc comment that has no head. */
const HEADLESS = /^\s*\/\*\* (?:What|How|Where|When|Why|Which|Who)\b/;

/** Lists the words of a file that have a better one, with the line and what to write. */
function replacedWords(file: string): string[] {
  let prose = proseOf(file, readFileSync(file, "utf8"));
  for (const { in: place, text } of rules.allowed)
    if (place === file) prose = prose.replaceAll(text, " ".repeat(text.length));
  return prose
    .split("\n")
    .flatMap((line, index) =>
      rules.words.flatMap(({ not, write }) =>
        [...line.matchAll(new RegExp(`(?<![\\w-])(?:${not})(?![\\w-])`, "gi"))].map(
          ([word]) => `${file}:${index + 1}: "${word}": write ${write}`,
        ),
      ),
    );
}
