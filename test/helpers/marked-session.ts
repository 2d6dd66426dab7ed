import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Stands in every place of a transcript that holds words of the user, the model, a command or its output. */
const mark = (where: string): string => `CANARY_${where}`;
/** Finds marks, whatever was cut off behind them. */
export const MARK = /canary\w*/gi;

const CWD = "/home/dev/shop";
const SESSION = "5c1f2a70-0000-4000-8000-0000000000c3";
const USAGE = { input_tokens: 12, output_tokens: 300, cache_read_input_tokens: 20_000 };

/** Commands that verify something or bring files back, each with its output. */
const COMMANDS: readonly (readonly [line: string, output: string])[] = [
  [
    `cd packages/${mark("cd")} && npm run test:${mark("suite")} -- src/${mark("path")}.test.ts -t "${mark("filter")} adds"`,
    `> shop@1.0.0 test:${mark("suite")}\n> vitest run src/${mark("printed")}.test.ts\nFAIL src/${mark("failed")}.test.ts > ${mark("title")}`,
  ],
  [
    `go test -tags ${mark("tag")} -run Test${mark("run")} ./${mark("pkg")}/...`,
    `--- FAIL: Test${mark("red")} (0.01s)\nFAIL\tshop/${mark("module")}\t0.1s`,
  ],
  [
    `pytest -k ${mark("key")} --deselect ${mark("deselect")} tests/${mark("dir")}::Test${mark("class")}`,
    `FAILED tests/a.py::${mark("test")}\n1 failed in 0.1s`,
  ],
  [`./scripts/test-${mark("script")}.sh ${mark("argument")}`, mark("output")],
  [
    `make check NAME=${mark("variable")} && mvn -Dtest=${mark("maven")} test`,
    `make: *** [${mark("target")}] Error 1`,
  ],
  [
    `pnpm --filter ${mark("workspace")} lint && mise run test:${mark("task")}`,
    `[test:${mark("task")}] $ go test ./${mark("nested")}/...`,
  ],
  [`bash -c 'cargo test ${mark("inner")} -- --exact'`, `test ${mark("cargo")} ... FAILED`],
  [`git checkout -- src/${mark("restored")}.ts && git stash push -m ${mark("stash")}`, mark("git")],
  [`git commit -am "${mark("commit")}" && git push origin ${mark("branch")}`, mark("pushed")],
  [`gh pr create --title "${mark("pull")}"; sed -i s/a/b/ src/${mark("sed")}.ts`, mark("gh")],
  [`curl https://${mark("host")}.example/?${mark("query")}`, mark("page")],
];

const TOOLS: readonly (readonly [name: string, input: object])[] = [
  ["Read", { file_path: `${CWD}/src/${mark("read")}.ts` }],
  ["Grep", { pattern: mark("pattern") }],
  ["WebSearch", { query: mark("search") }],
  [
    "Edit",
    { file_path: `${CWD}/src/${mark("edited")}.ts`, old_string: mark("old"), new_string: mark("new") },
  ],
  [
    "MultiEdit",
    { file_path: `${CWD}/${mark("many")}.ts`, edits: [{ old_string: "a", new_string: mark("part") }] },
  ],
  ["Write", { file_path: `${CWD}/docs/${mark("written")}.md`, content: mark("content") }],
  ["NotebookEdit", { notebook_path: `${CWD}/${mark("notebook")}.ipynb`, new_source: mark("cell") }],
  ["TodoWrite", { todos: [{ content: mark("todo") }] }],
  ["ExitPlanMode", { plan: mark("plan") }],
  ["AskUserQuestion", { questions: [{ question: mark("question") }] }],
  ["Task", { description: mark("task"), prompt: mark("given"), subagent_type: "reviewer" }],
  ["Skill", { command: mark("skill") }],
];

/** Entries of other kinds, without what all entries have. */
const OTHERS: readonly object[] = [
  { type: "summary", summary: mark("summary"), leafUuid: "x" },
  { type: "custom-title", customTitle: mark("custom") },
  { type: "ai-title", aiTitle: mark("ai") },
  { type: "tag", tag: mark("label") },
  { type: "queue-operation", operation: "enqueue", content: mark("queued") },
  { type: "file-history-snapshot", snapshot: { trackedFileBackups: { [mark("tracked")]: {} } } },
  {
    type: "attachment",
    attachment: { type: "edited_text_file", filename: mark("attached"), snippet: mark("snippet") },
  },
  { type: "progress", data: { type: "hook_progress", command: mark("hook") } },
  { type: "system", subtype: "informational", content: mark("information") },
  {
    type: "system",
    subtype: "api_error",
    error: {
      status: 529,
      message: mark("error"),
      error: { error: { type: "overloaded_error", message: mark("inner") } },
    },
    retryAttempt: 1,
    retryInMs: 500,
  },
  {
    type: "system",
    subtype: "compact_boundary",
    content: mark("compact"),
    compactMetadata: { trigger: "auto", preTokens: 9 },
  },
  { type: "system", subtype: "stop_hook_summary", hookInfos: [{ command: mark("stop") }] },
  {
    type: "system",
    subtype: "local_command",
    content: `<command-name>/model</command-name><command-args>${mark("model")} please</command-args>`,
  },
  ...[
    `<command-name>/effort</command-name><command-args>so ${mark("effort")}</command-args>`,
    `<command-name>/review</command-name><command-args>${mark("args")}</command-args>`,
    `<local-command-stdout>${mark("stdout")}</local-command-stdout>`,
    `<bash-input>${mark("bang")}</bash-input>`,
    `<task-notification><task-id>b1</task-id><status>completed</status><summary>${mark("noted")}</summary></task-notification>`,
    `[Request interrupted by user]`,
    `no, that is wrong, do not touch ${mark("correction")}`,
    `This session is being continued from a previous conversation ${mark("continued")}`,
    `Implement the following plan: ${mark("carried")}`,
  ].map((content) => ({ type: "user", message: { role: "user", content } })),
  { type: "user", isMeta: true, message: { role: "user", content: mark("meta") } },
  {
    type: "assistant",
    isApiErrorMessage: true,
    error: "rate_limit",
    message: {
      id: "x",
      model: "<synthetic>",
      role: "assistant",
      content: [{ type: "text", text: `API Error: 529 ${mark("shown")}` }],
    },
  },
  {
    type: "progress",
    parentToolUseID: "toolu_echo",
    data: {
      type: "agent_progress",
      agentId: "a0b1",
      prompt: mark("echoed"),
      message: {
        type: "assistant",
        message: {
          id: "msg_echo",
          model: "claude-haiku-4-5-20251001",
          role: "assistant",
          content: [
            { type: "tool_use", id: "toolu_e", name: "Bash", input: { command: `npm test ${mark("echo")}` } },
          ],
        },
      },
    },
  },
];

function toolEntries(name: string, input: object, output: string, number: number, failed: boolean): object[] {
  const id = `toolu_${number}`;
  const block = {
    type: "tool_result",
    tool_use_id: id,
    is_error: failed,
    content: `${failed ? "Exit code 1\n" : ""}${output}`,
  };
  return [
    {
      type: "assistant",
      requestId: `req_${number}`,
      message: {
        id: `msg_${number}`,
        model: "claude-sonnet-4-5-20250929",
        role: "assistant",
        stop_reason: "tool_use",
        content: [
          { type: "thinking", thinking: mark("thinking"), signature: mark("signature") },
          { type: "text", text: mark("said") },
          { type: "tool_use", id, name, input },
        ],
        usage: USAGE,
      },
    },
    {
      type: "user",
      message: { role: "user", content: [block] },
      toolUseResult: { stdout: output, stderr: mark("stderr"), filePath: mark("result") },
    },
  ];
}

/** Returns the entries of a session with a mark wherever words can be. It ends while a check runs in the background. */
function entries(): object[] {
  const prompt = {
    type: "user",
    message: { role: "user", content: `Fix ${mark("prompt")} in src/${mark("named")}.ts` },
  };
  const uses = [
    ...COMMANDS.map(
      ([command, output]) => ["Bash", { command, description: mark("described") }, output] as const,
    ),
    ...TOOLS.map(([name, input]) => [name, input, mark(`result_of_${name}`)] as const),
  ].flatMap(([name, input, output], index) => toolEntries(name, input, output, index, index % 3 < 2));
  const background = toolEntries(
    "Bash",
    { command: `cd ${mark("below")} && npm test -- ${mark("pending")}`, run_in_background: true },
    "Command running in background with ID: b2",
    90,
    false,
  );
  const open = toolEntries("Bash", { command: `go test ./${mark("open")}/...` }, "", 91, false).slice(0, 1);
  return [prompt, ...uses, ...OTHERS, prompt, ...background, ...open];
}

/** Writes the session, and a run of an agent, below a configuration folder. */
export function writeMarkedSession(root: string): void {
  const folder = join(root, "projects", "-home-dev-shop");
  mkdirSync(join(folder, SESSION, "subagents"), { recursive: true });
  const write = (file: string, more: object): void => {
    const lines = entries().map((entry, number) => ({
      uuid: `${file.slice(0, 8)}-${number}`,
      parentUuid: number === 0 ? null : `${file.slice(0, 8)}-${number - 1}`,
      timestamp: new Date(Date.parse("2026-11-20T09:00:00Z") + number * 1000).toISOString(),
      sessionId: SESSION,
      cwd: CWD,
      version: "2.1.100",
      gitBranch: "main",
      isSidechain: false,
      ...entry,
      ...more,
    }));
    writeFileSync(join(folder, file), `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
  };
  write(`${SESSION}.jsonl`, {});
  write(join(SESSION, "subagents", "agent-c0ffee.jsonl"), { isSidechain: true, agentId: "c0ffee" });
}
