import { expect, it } from "vitest";
import { createRandom } from "../../bench/random.ts";
import { editFrontMatter, type KeyChanges } from "../../src/agents/edit-frontmatter.ts";
import { parseFrontMatter } from "../../src/agents/frontmatter.ts";

/** Values in every way that YAML, and people, write them. */
const VALUES = [
  "opus",
  "'opus'",
  '"opus"',
  "opus # c",
  "opus#c",
  '"a # b" # c',
  "'it''s' # x",
  ">-\n  opus\n",
  "|\n  a\n   # b\n\n",
  "[a, b] # x",
  "[a,\n  b]",
  "{a: b}",
  "",
  "# which",
  "a\n  b\n  c",
  "\n  - x\n  - y",
  "\n- x\n- y # z",
  "\n# c\n  - x",
  "!!str x",
  "null",
  "~",
  "42",
  "a: b",
  "*b* c",
  "[d] e",
  "@x",
  "  lots   of   space  ",
  "\ttab\t",
  "ünï",
  "x: # y",
  '"multi\n  line"',
  "'multi\n  line' # c",
  "%x",
  "`c`",
];
const KEYS = ["model", "effort", "name", "description", "tools", "color", "x-y", "hooks"];
const CHANGES: readonly KeyChanges[] = [
  { model: "haiku" },
  { model: "sonnet", effort: "low" },
  { effort: undefined },
  { tools: "Read, Grep", model: "opus" },
];

/** Lines that are comments of their own, at the depth of the keys. */
const commentsOf = (file: Buffer): string[] => file.toString().match(/^[ \t]*# note.*$/gm) ?? [];

it("whatever stands in front matter, an edit is refused or loses no comment and leaves nothing to do", () => {
  const random = createRandom(5);
  const seen = { edited: 0, refused: 0, unread: 0 };
  for (let n = 0; n < 2000; n++) {
    const indent = random.pick(["", "", "", "  "]);
    const lines = Array.from({ length: random.between(1, 5) }, () => {
      const value = random.pick(VALUES).replaceAll("\n", `\n${indent}`);
      const note = random.chance(0.2) ? `${indent}# note: ${n}\n` : "";
      return `${indent}${random.pick(KEYS)}:${/^\n|^$/.test(value) ? "" : " "}${value}\n${note}`;
    });
    const text = `---\n${lines.join("")}---\nBody with model: opus\n`;
    const file = Buffer.from(random.chance(0.2) ? text.replaceAll("\n", "\r\n") : text);
    const changes = random.pick(CHANGES);
    const edited = editFrontMatter(file, changes);
    if (/none|broken/.test(parseFrontMatter(file).reading)) seen.unread++;
    else seen["refused" in edited ? "refused" : "edited"]++;
    const result = "refused" in edited ? file : edited.file;
    expect(commentsOf(result)).toEqual(commentsOf(file));
    const again = "refused" in edited ? { file: result } : editFrontMatter(result, changes);
    expect(again).toEqual({ file: result });
  }
  expect(seen.edited).toBeGreaterThan(800);
  expect(seen.refused).toBeLessThan(seen.edited / 50);
});
