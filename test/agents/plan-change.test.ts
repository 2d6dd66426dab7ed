import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyChanges } from "../../src/agents/apply.ts";
import { type ChangePlan, planPatches } from "../../src/agents/plan-change.ts";
import { isWritten, planRevert, revertWrites } from "../../src/agents/revert-change.ts";
import type { Patch } from "../../src/domain/simulation.ts";

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), "rolecall-patch-"))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = Date.parse("2026-11-20T10:00:00Z");
const HOUR = 3_600_000;

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** Every file and folder with its content. */
function readTree(): Record<string, string | null> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, entry.isFile() ? readFileSync(path, "latin1") : null];
    }),
  );
}

const place = () => {
  mkdirSync(join(root, "project/.git"), { recursive: true });
  mkdirSync(join(root, "home"), { recursive: true });
  return { cwd: join(root, "project"), env: { CLAUDE_CONFIG_DIR: join(root, "home"), HOME: root } };
};

async function apply(...patches: Patch[]): Promise<ChangePlan> {
  const plan = await planPatches(place(), patches);
  applyChanges(plan.target, plan.changes, new Date(at));
  expect(isWritten(plan.target, plan.writes)).toBe(true);
  return plan;
}

function revert({ target, writes }: ChangePlan, later = HOUR): readonly string[] {
  const moment = new Date(at).toISOString();
  const changes = planRevert(target, moment, writes);
  revertWrites(target, moment, changes, new Date(at + later));
  return changes.flatMap(({ notes }) => notes);
}

const user = { type: "settings", scope: "user" } as const;
const project = { type: "settings", scope: "project" } as const;
const hook: Patch = {
  type: "hook",
  event: "UserPromptSubmit",
  command: "rolecall hook UserPromptSubmit --above 3",
};
const line: Patch = { type: "memory", scope: "user", text: "Read long files in parts." };
const OTHER_HOOK = `{ "hooks": [{ "type": "command", "command": "notify" }] }`;

/** What each patch meets, and what has to be in the file afterwards. */
const CASES: readonly [
  name: string,
  patch: Patch,
  path: string,
  texts: readonly (string | null)[],
  wanted: RegExp,
][] = [
  [
    "a setting",
    { ...user, values: { autoCompactWindow: 200_000 } },
    "home/settings.json",
    [
      null,
      "{}",
      "{ }\n",
      '{\n    "model": "opus"\n}\n',
      '{"model":"opus","autoCompactWindow":500000}',
      '{\r\n\t"env": {}\r\n}\r\n',
    ],
    /"autoCompactWindow": ?200000/,
  ],
  [
    "the lifetime of the cache",
    { ...user, values: { promptCacheTtl: "1h" } },
    "home/settings.json",
    [null, '{ "promptCacheTtl": "5m", "other": [1,  2] }'],
    /"promptCacheTtl": ?"1h"/,
  ],
  [
    "a model with a variable",
    { ...project, values: { model: "opusplan", env: { ANTHROPIC_DEFAULT_OPUS_MODEL: "claude-fable-5" } } },
    "project/.claude/settings.local.json",
    [null, '{\n  "env": {"A": "b"},\n  "model": "opus"\n}'],
    /"ANTHROPIC_DEFAULT_OPUS_MODEL": ?"claude-fable-5"/,
  ],
  [
    "a permission mode",
    { ...project, values: { permissions: { defaultMode: "acceptEdits" } } },
    "project/.claude/settings.local.json",
    [
      null,
      '{"permissions": {"allow": ["Bash(ls)"], "defaultMode": "plan"}}',
      '{\n  "permissions": {\n    "allow": []\n  }\n}\n',
    ],
    /"defaultMode": ?"acceptEdits"/,
  ],
  [
    "MCP servers",
    { ...project, values: { disabledMcpjsonServers: ["browser", "design"] } },
    "project/.claude/settings.local.json",
    [
      null,
      '{ "disabledMcpjsonServers": ["one"] }',
      '{\n  "disabledMcpjsonServers": [\n    "one",\n    "design"\n  ]\n}\n',
      '{"disabledMcpjsonServers":[]}',
    ],
    /"browser"[^]*"design"|"design"[^]*"browser"/,
  ],
  [
    "a hook",
    hook,
    "home/settings.json",
    [
      null,
      "{}\n",
      `{\n  "hooks": {\n    "UserPromptSubmit": [\n      ${OTHER_HOOK}\n    ]\n  }\n}\n`,
      `{"hooks": {"Stop": [${OTHER_HOOK}], "UserPromptSubmit": [${OTHER_HOOK}]}}`,
    ],
    /--above 3/,
  ],
  [
    "a line of CLAUDE.md",
    line,
    "home/CLAUDE.md",
    [null, "# Mine\n\nBe brief.", "# Mine\r\n\r\nBe brief.\r\n", "Be brief.\n\n"],
    /^Read long files in parts\.\r?$/m,
  ],
  [
    "the model of an agent",
    { type: "agent", name: "reviewer", values: { model: "sonnet" } },
    "home/agents/my-reviewer.md",
    [
      "---\nname: reviewer\ndescription: Reviews\nmodel: opus # expensive\n---\nReview.\n",
      "---\r\nname: reviewer\r\ndescription: Reviews\r\n---\r\nReview.\r\n",
    ],
    /model: sonnet/,
  ],
  [
    "a built-in agent",
    { type: "agent", name: "Explore", values: { model: "haiku" } },
    "home/agents/Explore.md",
    [null],
    /name: Explore[^]*model: haiku/,
  ],
];

describe.each(CASES)("%s", (_, patch, path, texts, wanted) => {
  it.each(texts.map((text) => [text]))("is written to %j and reverted byte for byte", async (text) => {
    if (text !== null) write(path, text);
    place();
    const before = readTree();
    const plan = await apply(patch);
    expect(plan.byHand).toEqual([]);
    expect(plan.changes).toHaveLength(1);
    expect(read(path)).toMatch(wanted);
    expect(revert(plan)).toEqual([]);
    expect(readTree()).toEqual(before);
  });

  it("is reverted byte for byte when something else was applied since", async () => {
    const [text = null] = texts;
    if (text !== null) write(path, text);
    const plan = await apply(patch);
    const other = await planPatches(place(), [{ ...line, text: "Another line." }]);
    applyChanges(other.target, other.changes, new Date(at + 1000));
    expect(revert(plan)).toEqual([]);
    const left = existsSync(join(root, path)) ? read(path) : null;
    expect(left?.replace(/\s*Another line\.\n/, "") || null).toBe(text);
  });
});

describe("a file that was edited since", () => {
  it("keeps the user's edits and loses what was written", async () => {
    write("home/settings.json", '{\n  "autoCompactWindow": 500000\n}\n');
    write("home/CLAUDE.md", "Be brief.\n");
    write(
      "home/agents/reviewer.md",
      "---\nname: reviewer\ndescription: Reviews\nmodel: opus\n---\nReview.\n",
    );
    const plan = await apply({ ...user, values: { autoCompactWindow: 200_000 } }, hook, line, {
      type: "agent",
      name: "reviewer",
      values: { model: "sonnet" },
    });
    write("home/settings.json", read("home/settings.json").replace("{\n", '{\n  "theme": "dark",\n'));
    write("home/CLAUDE.md", `${read("home/CLAUDE.md")}\nTest first.\n`);
    write("home/agents/reviewer.md", read("home/agents/reviewer.md").replace("Review.", "Review well."));
    expect(revert(plan)).toEqual([]);
    expect(JSON.parse(read("home/settings.json"))).toEqual({ theme: "dark", autoCompactWindow: 500_000 });
    expect(read("home/CLAUDE.md")).toBe("Be brief.\n\n\nTest first.\n");
    expect(read("home/agents/reviewer.md")).toBe(
      "---\nname: reviewer\ndescription: Reviews\nmodel: opus\n---\nReview well.\n",
    );
  });

  it("keeps a value that the user chose since, and says so", async () => {
    const plan = await apply({ ...user, values: { autoCompactWindow: 200_000 } }, line);
    write("home/settings.json", '{ "autoCompactWindow": 300000 }');
    expect(isWritten(plan.target, plan.writes)).toBe(false);
    expect(revert(plan)).toEqual(["autoCompactWindow was edited since, and is left as it is"]);
    expect(read("home/settings.json")).toBe('{ "autoCompactWindow": 300000 }');
    expect(existsSync(join(root, "home/CLAUDE.md"))).toBe(false);
  });
});

describe("what cannot be written", () => {
  it("an agent without a file is left to the user, and said", async () => {
    const { changes, byHand } = await planPatches(place(), [
      { type: "agent", name: "mystery", values: { model: "sonnet" } },
    ]);
    expect(changes).toEqual([]);
    expect(byHand).toEqual(["The agent mystery has no file here. Write model: sonnet where it is defined."]);
  });

  it.each(["not json", "[1]", '{"hooks": {"UserPromptSubmit": "x"}}'])(
    "settings that are %s",
    async (text) => {
      write("home/settings.json", text);
      await expect(planPatches(place(), [hook])).rejects.toThrow(/nothing was written/);
      expect(read("home/settings.json")).toBe(text);
    },
  );
});
