import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatHunks } from "../../src/domain/diff.ts";

const lines = (...words: string[]): string => words.map((word) => `${word}\n`).join("");
const many = lines(...Array.from({ length: 40 }, (_, n) => `line ${n}`));

describe("a diff", () => {
  it("shows what changes with three lines around it", () => {
    expect(formatHunks(many, many.replace("line 20\n", "other\n"))).toBe(
      "@@ -18,7 +18,7 @@\n line 17\n line 18\n line 19\n-line 20\n+other\n line 21\n line 22\n line 23\n",
    );
  });

  it.each([
    ["a changed line", many, many.replace("line 20\n", "other\n")],
    ["changes far apart", many, many.replace("line 2\n", "").replace("line 35\n", "a\nb\n")],
    ["a missing last newline", "a\nb", "a\nb\n"],
    ["a newline that goes", "a\nb\n", "a\nc"],
    ["line endings", lines("a", "b"), "a\r\nb\n"],
    ["lines that move", lines("a", "b", "c", "d"), lines("c", "a", "b", "d")],
    ["no line in common", lines("a", "b"), lines("c")],
  ])("of %s is one that git applies", (_what, before, after) => {
    const folder = mkdtempSync(join(tmpdir(), "rolecall-diff-"));
    const file = join(folder, "file");
    writeFileSync(file, before);
    const input = `--- a/file\n+++ b/file\n${formatHunks(before, after)}`;
    execFileSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: folder, input });
    expect(readFileSync(file, "utf8")).toBe(after);
  });

  it("of a new file adds every line, and of the same text is nothing", () => {
    expect(formatHunks("", "a\nb\n")).toBe("@@ -0,0 +1,2 @@\n+a\n+b\n");
    expect(formatHunks(many, many)).toBe("");
  });
});
