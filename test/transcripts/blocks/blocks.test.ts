import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fnv1a } from "../../../src/domain/hash.ts";
import type { TranscriptBlock } from "../../../src/domain/ledger-input.ts";
import { activityOf, isCommit } from "../../../src/transcripts/blocks/activity.ts";
import { createBlockReader } from "../../../src/transcripts/blocks/reader.ts";
import { IMAGE_CHARACTERS } from "../../../src/transcripts/blocks/sizes.ts";

const FIXTURES = join(import.meta.dirname, "../../../fixtures");

function blocksOf(...entries: object[]) {
  const reader = createBlockReader();
  entries.forEach((entry, index) => reader.entry({ uuid: `u${index}`, ...entry }, index + 1));
  return reader.take().find(({ agentId }) => agentId === "") ?? { blocks: [], marks: [] };
}

const user = (content: unknown, more: object = {}) => ({
  type: "user",
  message: { role: "user", content },
  ...more,
});
const assistant = (id: string, ...content: object[]) => ({
  type: "assistant",
  message: { id, role: "assistant", model: "claude-opus-5-5", content },
});
const call = (id: string, name: string, input: object) => ({ type: "tool_use", id, name, input });
const result = (id: string, content: unknown, more: object = {}) =>
  user([{ type: "tool_result", tool_use_id: id, content, ...more }]);

const echo = (uuid: string, message: object) => ({
  type: "progress",
  parentToolUseID: "c1",
  data: { type: "agent_progress", agentId: "a1", message: { uuid, ...message } },
});

/** Puts `wrong` in the place of every value, one at a time. */
function* withWrong(value: unknown, wrong: unknown): Generator {
  yield wrong;
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value))
    for (const inner of withWrong((value as Record<string, unknown>)[key], wrong))
      yield Array.isArray(value)
        ? value.map((one, index) => (String(index) === key ? inner : one))
        : { ...value, [key]: inner };
}

describe("content blocks of a transcript", () => {
  it("prompts, answers, calls and results have their sizes, names and files", () => {
    const { blocks } = blocksOf(
      user("fix the cart"),
      assistant("m1", { type: "thinking", thinking: "hm" }),
      assistant("m1", { type: "text", text: "Looking." }),
      assistant("m1", call("c1", "Read", { file_path: "/p/cart.ts" })),
      result("c1", "export const cart = 1;"),
    );
    const target = fnv1a("/p/cart.ts");
    expect(blocks).toMatchObject([
      { kind: "prompt", size: 12, line: 1, trigger: "prompt" },
      { kind: "thinking", size: 2, line: 2, answer: 2 },
      { kind: "answer", size: 8, line: 3, answer: 2 },
      { kind: "call", name: "Read", line: 4, answer: 2, activity: "explore", target },
      { kind: "result", name: "Read", size: 22, line: 5, target },
    ]);
  });

  it.each([
    ["typed", user("go"), "prompt"],
    [
      "a skill",
      user("<command-message>review</command-message>\n<command-name>/review</command-name>"),
      "prompt",
    ],
    ["a notification", user("<task-notification>done</task-notification>"), "notification"],
    ["another origin", user("done", { origin: { kind: "task-notification" } }), "notification"],
    ["a teammate", user('<teammate-message teammate_id="lead">go</teammate-message>'), "teammate"],
    ["a monitor", user("<ci-monitor-event>red</ci-monitor-event>"), "monitor"],
    ["a summary", user("This session is being continued from a previous conversation that …"), "summary"],
    ["the echo of a local command", user("<command-name>/model</command-name>"), undefined],
    ["a meta line", user("Caveat: …", { isMeta: true }), undefined],
    ["feedback of a hook", user("Stop hook feedback: red"), undefined],
    [
      "a queued prompt",
      { type: "attachment", attachment: { type: "queued_command", prompt: "also this" } },
      "prompt",
    ],
    [
      "a queued notification",
      { type: "attachment", attachment: { type: "queued_command", prompt: "<task-notification>x" } },
      "notification",
    ],
  ])("%s starts a stretch, or does not", (_, entry, trigger) => {
    expect(blocksOf(entry).blocks[0]?.trigger).toBe(trigger);
  });

  it("the text of a skill has its name, whether the model or the user called it", () => {
    const { blocks } = blocksOf(
      assistant("m1", call("c1", "Skill", { skill: "shop:review" })),
      result("c1", "Launching skill: shop:review"),
      user([{ type: "text", text: "Base directory for this skill: /x" }], {
        isMeta: true,
        sourceToolUseID: "c1",
      }),
      user("<command-message>pr is running…</command-message>\n<command-name>/pr</command-name>"),
      user("Open a pull request.", { isMeta: true }),
      assistant("m2", { type: "text", text: "Done." }),
      user("Caveat: later", { isMeta: true }),
      {
        type: "attachment",
        attachment: { type: "invoked_skills", skills: [{ name: "pr", content: "Open." }] },
      },
    );
    expect(blocks.map(({ kind, name, size }) => [kind, name, size])).toEqual([
      ["call", "Skill\tshop:review", expect.any(Number)],
      ["result", "Skill\tshop:review", 28],
      ["attachment", "skill\tshop:review", 33],
      ["prompt", "prompt", expect.any(Number)],
      ["call", "Skill\tpr", 0],
      ["attachment", "note\tpr", 20],
      ["answer", "", 5],
      ["attachment", "note", 13],
      ["attachment", "invoked_skills\tpr", 7],
    ]);
  });

  it.each([
    ["review", "review"],
    ["/review", "review"],
    ["my key is hunter2", "other skill"],
    ["CamelCase", "other skill"],
    ["../../etc/passwd", "other skill"],
    ["a\tb", "other skill"],
    ["a".repeat(200), "other skill"],
    ["", "other skill"],
    [{ toString: "x" }, "other skill"],
  ])("a skill that is called %j is kept as %s", (skill, name) => {
    const { blocks } = blocksOf(assistant("m1", call("c1", "Skill", { skill })));
    expect(blocks.map((block) => block.name)).toEqual([`Skill\t${name}`]);
  });

  it("a call of a shell has its program, and a tool cannot pose as one", () => {
    const { blocks } = blocksOf(
      assistant("m1", call("c1", "Bash", { command: "cd /x && git commit -m y" })),
      assistant("m2", call("c2", "PowerShell", { command: "Get-Content secret.txt" })),
      assistant("m3", call("c3", "Bash\tgit", {})),
      result("c1", "[main 1]"),
    );
    expect(blocks.map(({ name }) => name)).toEqual([
      "Bash\tgit commit",
      "PowerShell\tGet-Content",
      "Bash git",
      "Bash\tgit commit",
    ]);
  });

  it("an image has a size of its own, whatever its bytes", () => {
    const image = { type: "image", source: { type: "base64", data: "A".repeat(100_000) } };
    expect(blocksOf(user([image, { type: "text", text: "this" }])).blocks).toMatchObject([
      { kind: "prompt", size: 4 },
      { kind: "image", size: IMAGE_CHARACTERS },
    ]);
    expect(blocksOf(result("c1", [image])).blocks).toMatchObject([
      { kind: "result", size: IMAGE_CHARACTERS },
    ]);
  });

  it("marks what can empty the cache", () => {
    const { marks } = blocksOf(
      user("go", { permissionMode: "default" }),
      user("go on", { permissionMode: "plan" }),
      { type: "system", subtype: "compact_boundary" },
      { type: "system", subtype: "api_error" },
      { type: "cost-state", totalCostUSD: 1 },
      { type: "attachment", attachment: { type: "mcp_instructions_delta", addedNames: ["a"] } },
      user("[Request interrupted by user]"),
      assistant("m1", call("c1", "Bash", { command: "git add -A && git commit -m x" })),
      assistant("m2", call("c2", "Skill", { skill: "review" })),
    );
    expect(marks).toEqual([
      { mark: "mode", line: 2 },
      { mark: "compaction", line: 3 },
      { mark: "error", line: 4 },
      { mark: "resumed", line: 5 },
      { mark: "tools", line: 6 },
      { mark: "interrupted", line: 7 },
      { mark: "commit", line: 8 },
      { mark: "skill", line: 9 },
    ]);
  });

  it("an argument is known if it stood in the conversation before the former result", () => {
    const { blocks } = blocksOf(
      user("look at src/cart.ts and src/order.ts"),
      assistant("m1", call("c1", "Read", { file_path: "/p/src/cart.ts" })),
      result("c1", "import src/price.ts"),
      assistant("m2", call("c2", "Read", { file_path: "/p/src/order.ts" })),
      result("c2", "nothing"),
      assistant("m3", call("c3", "Read", { file_path: "/p/src/price.ts" })),
      result("c3", "see src/tax.ts"),
      assistant("m4", call("c4", "Read", { file_path: "/p/src/tax.ts" })),
    );
    const known = blocks.filter(({ kind }) => kind === "call").map((block) => block.known ?? false);
    // The first comes straight from the prompt; the third was named by the result before last; the fourth by the last one.
    expect(known).toEqual([false, true, true, false]);
  });

  it("agents whose messages are echoed are threads of their own, of the type that the call named", () => {
    const reader = createBlockReader();
    [
      assistant("m1", call("c1", "Task", { subagent_type: "Explore", prompt: "find" })),
      echo("e1", user("find")),
      echo("e2", assistant("m2", { type: "text", text: "found" })),
      echo("e2", assistant("m2", { type: "text", text: "found" })),
    ].forEach((entry, index) => reader.entry({ uuid: `u${index}`, ...entry }, index + 1));
    const agent = reader.take().find(({ agentId }) => agentId === "a1");
    expect(agent).toMatchObject({
      agentType: "Explore",
      blocks: [{ trigger: "agent" }, { kind: "answer", size: 5 }],
    });
  });

  it("keeps no text", () => {
    const secret = "correct-horse-battery-staple";
    const { blocks, marks } = blocksOf(
      user(secret),
      assistant(
        "m1",
        { type: "text", text: secret },
        call("c1", "Bash", { command: secret, file_path: secret }),
      ),
      result("c1", secret, { is_error: true }),
      { type: "attachment", attachment: { type: "file", filename: secret, content: secret } },
    );
    expect(blocks.length).toBeGreaterThan(4);
    expect(JSON.stringify([blocks, marks])).not.toContain("horse");
  });
});

describe("what a call is for", () => {
  it.each([
    ["Read", {}, "explore"],
    ["Edit", {}, "edit"],
    ["Agent", {}, "delegate"],
    ["TodoWrite", {}, "bookkeep"],
    ["mcp__shop__add", {}, "mcp"],
    ["Bash", { command: "ls -la src | head" }, "explore"],
    ["Bash", { command: "cd /p && git log --oneline -5" }, "explore"],
    ["Bash", { command: "git -C /p diff --stat" }, "explore"],
    ["Bash", { command: "gh pr view 3" }, "explore"],
    ["Bash", { command: "gh api repos/a/b/pulls" }, "explore"],
    ["Bash", { command: "for f in *.ts; do cat $f; done" }, "explore"],
    ["Bash", { command: "git push" }, "git"],
    ["Bash", { command: "git branch -D old" }, "git"],
    ["Bash", { command: "git stash" }, "git"],
    ["Bash", { command: "git stash list" }, "explore"],
    ["Bash", { command: "gh api -X POST repos/a/b/issues" }, "git"],
    ["Bash", { command: "npm test" }, "check"],
    ["Bash", { command: "sed -i s/a/b/ x.ts" }, "shell"],
    ["Bash", { command: "cat a > b" }, "shell"],
    ["Bash", { command: "sleep 30" }, "wait"],
    ["Bash", { command: "" }, "explore"],
    ["Bash", {}, "explore"],
  ] satisfies [string, object, string][])("%s %o is %s", (tool, input, activity) => {
    expect(activityOf(tool, input as Record<string, unknown>)).toBe(activity);
  });

  it("a commit is told from other commands", () => {
    expect(isCommit("Bash", { command: "git add . && git commit -m 'x'" })).toBe(true);
    expect(isCommit("Bash", { command: "git log --grep commit" })).toBe(false);
    expect(isCommit("Read", { command: "git commit" })).toBe(false);
  });
});

describe("hostile transcripts", () => {
  it("any value may stand in any place", () => {
    const entries = globSync("recordings/{g-tui-compact-clear,h-background}/projects/**/*.jsonl", {
      cwd: FIXTURES,
    })
      .flatMap((file) => readFileSync(join(FIXTURES, file), "utf8").split("\n"))
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const kinds = new Map(
      entries.map((entry) => [`${String(entry["type"])} ${String(entry["subtype"])}`, entry]),
    );
    let blocks: TranscriptBlock[] = [];
    for (const entry of kinds.values())
      for (const wrong of [null, 7, "x", [], {}, [null], { content: [{ type: "text" }] }, Number.NaN])
        for (const broken of withWrong(entry, wrong)) {
          if (typeof broken !== "object" || broken === null) continue;
          const reader = createBlockReader();
          reader.entry(broken as Record<string, unknown>, 1);
          blocks = [...blocks.slice(-50), ...reader.take().flatMap((thread) => thread.blocks)];
          expect(blocks.every(({ size }) => Number.isFinite(size) && size >= 0)).toBe(true);
        }
  });

  it("names that objects have by birth are tools like others", () => {
    const { blocks } = blocksOf(
      assistant("m1", call("c1", "constructor", {}), call("__proto__", "toString", {})),
    );
    expect(blocks.map(({ activity }) => activity)).toEqual(["bookkeep", "bookkeep"]);
  });

  it("deep nesting and endless calls without results are bounded", () => {
    let deep: unknown = "x";
    for (let level = 0; level < 5_000; level++) deep = { content: deep };
    const { blocks } = blocksOf({ type: "attachment", attachment: { type: "file", content: deep } });
    expect(blocks.length).toBeLessThan(2);
    const reader = createBlockReader();
    for (let index = 0; index < 25_000; index++)
      reader.entry(assistant(`m${index}`, call(`c${index}`, "Read", {})), index + 1);
    expect(reader.take()[0]?.blocks).toHaveLength(25_000);
  });
});
