import { describe, expect, it } from "vitest";
import { editFrontMatter, type KeyChanges } from "../../src/agents/edit-frontmatter.ts";
import { parseFrontMatter } from "../../src/agents/frontmatter.ts";

const file = (yaml: string, body = "\nBody.\n"): Buffer => Buffer.from(`---\n${yaml}\n---\n${body}`);

/** What the real client 2.1.329 did with each file: whether it offered the agent, and with which description or model. */
const SEEN: readonly [string, string, "strict" | "lenient" | "none" | "broken", Record<string, unknown>?][] =
  [
    [
      "an unquoted colon",
      "---\nname: a\ndescription: has: a colon\n---\n",
      "lenient",
      { description: "has: a colon" },
    ],
    [
      "examples in the description",
      '---\nname: a\ndescription: Examples: <example>user: "hi"</example>\n---\n',
      "lenient",
      { description: 'Examples: <example>user: "hi"</example>' },
    ],
    [
      "a comment behind a value of a file that is read leniently",
      "---\nname: a\ndescription: has: a colon\nmodel: haiku # cheap\n---\n",
      "lenient",
      { model: "haiku # cheap" },
    ],
    ["a star", "---\nname: a\ndescription: *bold* text\n---\n", "lenient", { description: "*bold* text" }],
    [
      "brackets before text",
      "---\nname: a\ndescription: [draft] x\n---\n",
      "lenient",
      { description: "[draft] x" },
    ],
    ["a duplicate key", "---\nname: a\nmodel: opus\nmodel: haiku\n---\n", "strict", { model: "haiku" }],
    ["a byte order mark", "\ufeff---\nname: a\n---\n", "strict", { name: "a" }],
    ["CRLF", "---\r\nname: a\r\nmodel: haiku\r\n---\r\n", "strict", { model: "haiku" }],
    ["CRLF and an unquoted colon", "---\r\nname: a\r\ndescription: b: c\r\n---\r\n", "broken"],
    ["tabs before list items", "---\nname: a\ntools:\n\t- Read\n---\n", "strict", { tools: ["Read"] }],
    ["every key indented by a tab", "---\n\tname: a\n\tmodel: haiku\n---\n", "strict", { model: "haiku" }],
    ["a flow mapping", "---\n{name: a, model: haiku}\n---\n", "strict", { model: "haiku" }],
    ["a space before the colon", "---\nname : a\nmodel : haiku\n---\n", "strict", { model: "haiku" }],
    [
      "dashes inside a value, where it ends",
      "---\nname: a\ndescription: b --- c\nmodel: haiku\n---\n",
      "strict",
      {
        name: "a",
        description: "b",
      },
    ],
    ["four closing dashes", "---\nname: a\n----\n", "strict", { name: "a" }],
    ["no final newline", "---\nname: a\n---", "strict", { name: "a" }],
    ["an empty model", "---\nname: a\nmodel:\n---\n", "strict", { model: null }],
    ["a colon and a second line", "---\nname: a\ndescription: b: c\n  more\n---\n", "broken"],
    ["a quote that is not closed", '---\nname: a\ndescription: "b\n---\n', "broken"],
    ["no space after a colon", "---\nname: a\nmodel:haiku\n---\n", "broken"],
    ["an empty line before it", "\n---\nname: a\n---\n", "none"],
    ["no front matter", "# Notes\n", "none"],
    ["unclosed front matter", "---\nname: a\n", "none"],
    ["an alias", "---\nname: a\nx: &m haiku\nmodel: *m\n---\n", "strict", { model: "haiku" }],
    [
      "a merged mapping under a key of its own",
      "---\nx: &x { model: opus, color: red }\nmodel: haiku\n<<: *x\n---\n",
      "strict",
      { model: "haiku", color: "red" },
    ],
    ["a star before a model", "---\nname: a\nmodel: *haiku\n---\n", "lenient", { model: "*haiku" }],
    ["an unknown alias in a list", "---\nname: a\ntools:\n  - *all\n---\n", "broken"],
    ["a NUL character", "---\nname: a\ndescription: b\0\n---\n", "broken"],
    ["a NUL character in the body", "---\nname: a\n---\nb\0\n", "strict", { name: "a" }],
    ["a language", "---yaml\nname: a\n---\n", "none"],
  ];

describe("front matter", () => {
  it.each(SEEN)("with %s is read as Claude Code reads it", (_what, text, reading, keys = {}) => {
    const read = parseFrontMatter(Buffer.from(text));
    expect(read).toMatchObject({ reading, keys });
  });

  it("in JavaScript is never executed", () => {
    const text = '---js\n{ name: (globalThis.executed = true, "x") }\n---\n';
    expect(parseFrontMatter(Buffer.from(text)).reading).toBe("none");
    expect(Object.keys(globalThis)).not.toContain("executed");
  });

  it("is read afresh each time, a bad one too", () => {
    const bad = file("name: '");
    expect(parseFrontMatter(bad).reading).toBe("broken");
    expect(parseFrontMatter(bad).reading).toBe("broken");
    const good = parseFrontMatter(file("name: a"));
    (good.keys as Record<string, unknown>)["name"] = "changed";
    expect(parseFrontMatter(file("name: a")).keys["name"]).toBe("a");
  });

  it("with aliases that multiply is refused instead of expanded", () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (const [from, to] of ["ab", "bc", "cd", "de", "ef", "fg", "gh", "hi"])
      bomb.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(",")}]`);
    expect(parseFrontMatter(file(bomb.join("\n")))).toMatchObject({
      reading: "unread",
      keys: {},
      why: "its front matter has too many YAML aliases",
    });
  });

  it.each(["[", "{a: ", "- ", "&a ", '"\n', "a:\n "])("of nothing but %j is refused", (piece) => {
    const yaml = piece.repeat(Math.floor(4000 / piece.length));
    expect(Object.keys(parseFrontMatter(file(yaml)).keys).length).toBeLessThan(2);
    expect(parseFrontMatter(file(yaml.repeat(155))).reading).toBe("unread");
  });
});

/** The edited file as text of one character per byte, or why it is left alone. */
function edited(text: Buffer, changes: KeyChanges): string {
  const result = editFrontMatter(text, changes);
  return "refused" in result ? result.refused : result.file.toString("latin1");
}

/** One edit: front matter before, changes, front matter after. */
const EDITS: readonly [string, string, KeyChanges, string][] = [
  ["an alias", "name: &a b\ncolor: *a\nmodel: *a", { model: "haiku" }, "name: &a b\ncolor: *a\nmodel: haiku"],
  ["a value", "name: a\nmodel: opus\ncolor: red", { model: "haiku" }, "name: a\nmodel: haiku\ncolor: red"],
  [
    "a value with a comment",
    "name: a\nmodel: opus   # dear",
    { model: "haiku" },
    "name: a\nmodel: haiku   # dear",
  ],
  ["a quoted value", 'name: a\nmodel: "opus" # x', { model: "haiku" }, 'name: a\nmodel: "haiku" # x'],
  ["a quoted key", '"name": a\n"model": opus', { model: "haiku" }, '"name": a\n"model": haiku'],
  ["an empty value", "name: a\nmodel:\ncolor: red", { model: "haiku" }, "name: a\nmodel: haiku\ncolor: red"],
  [
    "a comment in place of a value",
    "name: a\nmodel: # which?",
    { model: "haiku" },
    "name: a\nmodel: haiku # which?",
  ],
  [
    "a list with a comment before it",
    "tools:\n# these\n  - Read\n# x\nname: a",
    { tools: "Grep" },
    "tools: Grep\n# x\nname: a",
  ],
  [
    "a block that ends like a comment",
    "model: |\n  a\n  # b\n# c\nname: a",
    { model: "x" },
    "model: x\n# c\nname: a",
  ],
  ["the last of two", "model: a\nname: b\nmodel: c", { model: "d" }, "model: a\nname: b\nmodel: d"],
  ["an absent key", "name: a", { effort: "low" }, "name: a\neffort: low"],
  ["an absent key, with CRLF", "name: a\r", { effort: "low" }, "name: a\r\neffort: low\r"],
  ["an absent key, indented", "  name: a", { effort: "low" }, "  name: a\n  effort: low"],
  ["a block list", "tools:\n- Read\n- Bash\nname: a", { tools: "Read, Grep" }, "tools: Read, Grep\nname: a"],
  [
    "a deeper list",
    "tools:\n  - Read\n\n# next\nname: a",
    { tools: "Read" },
    "tools: Read\n\n# next\nname: a",
  ],
  ["a folded block", "model: >-\n  opus\nname: a", { model: "haiku" }, "model: haiku\nname: a"],
  [
    "a key inside a block, never",
    "description: |\n  model: opus\nmodel: opus",
    { model: "x" },
    "description: |\n  model: opus\nmodel: x",
  ],
  [
    "a key inside a key, never",
    "hooks:\n  model: opus\nname: a",
    { model: "x" },
    "hooks:\n  model: opus\nname: a\nmodel: x",
  ],
  [
    "beside a colon in the description",
    "description: a: b\nmodel: opus",
    { model: "haiku" },
    "description: a: b\nmodel: haiku",
  ],
  [
    "a comment that is part of the value",
    "description: a: b\nmodel: opus # c",
    { model: "x" },
    "description: a: b\n# c\nmodel: x",
  ],
  ["a key taken out", "name: a\neffort: low # c\nmodel: x", { effort: undefined }, "name: a\nmodel: x"],
  ["a key taken out twice", "effort: low\nname: a\neffort: max", { effort: undefined }, "name: a"],
  ["a description with a colon", "name: a", { description: "b: c — d" }, 'name: a\ndescription: "b: c — d"'],
  [
    "nothing, where nothing changes",
    "name: a\nmodel:   'opus' # x",
    { model: "opus" },
    "name: a\nmodel:   'opus' # x",
  ],
  [
    "a value that is a list in the flow style",
    "tools: [Read,\n  Bash] \nname: a",
    { tools: "Read" },
    "tools: Read \nname: a",
  ],
];

describe("editing front matter", () => {
  it.each(EDITS)("changes %s and no other byte", (_what, before, changes, after) => {
    const bodies = ["\nBody with model: opus\n", "", "\r\n\ttabs — café\u0000\n\n\n"];
    for (const body of bodies)
      expect(edited(file(before, body), changes)).toBe(file(after, body).toString("latin1"));
  });

  it("keeps a byte order mark and bytes that are not UTF-8", () => {
    const odd = Buffer.from(
      "\u00ef\u00bb\u00bf---\nname: caf\u00e9\nmodel: opus\n---\nb\u00fcg\u00ff",
      "latin1",
    );
    expect(edited(odd, { model: "haiku" })).toBe(odd.toString("latin1").replace("opus", "haiku"));
  });

  it.each([
    ["a flow mapping", "{name: a}"],
    ["front matter that dashes cut short", "name: a\ndescription: b --- c"],
    ["an anchor that another key needs", "name: a\nmodel: &m opus\ncolor: *m"],
  ])("leaves %s alone and says so", (_what, yaml) => {
    expect(editFrontMatter(file(yaml), { model: "haiku" })).toEqual({ refused: expect.stringMatching(/./) });
  });
});

describe("size", () => {
  it("a file of 3.5 MB of white space is read in linear time", () => {
    const start = performance.now();
    for (const space of [" ", "\n", "\t", " \n"])
      parseFrontMatter(Buffer.from(`---${space.repeat(3.5e6 / space.length)}name: a`));
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it("front matter of more than 32 KB is refused with its size", () => {
    const { reading, why } = parseFrontMatter(file(`name: a\ndescription: ${"x".repeat(33 * 1024)}`));
    expect({ reading, why }).toEqual({
      reading: "unread",
      why: expect.stringContaining("larger than 32 KB"),
    });
  });
});
