import { createRandom } from "../../bench/random.ts";

/** Agent files as they are found in the wild: every habit that people have, combined. */
export interface WildFile {
  path: string;
  bytes: Buffer;
  /** Whether Claude Code offers an agent of it. */
  loads: boolean;
}

/** Name, description, body's first line. Names follow public collections' habits, the texts are made up. */
const JOBS: readonly (readonly [string, string, string])[] = [
  ["code-reviewer", "Reviews code after each change. Use proactively.", "You are a senior code reviewer."],
  ["python-pro", "Write idiomatic Python with generators and decorators.", "You are a Python expert."],
  ["security-auditor", "Audits code for vulnerabilities and unsafe input.", "Look for OWASP problems first."],
  ["test-automator", "Creates unit and e2e tests with good coverage.", "You write tests."],
  ["debugger", "Finds root causes of errors and crashes.", "Reproduce first."],
  ["docs-architect", "Writes technical documentation from code bases.", "You write documentation."],
  ["api-designer", "Designs REST interfaces and backend architecture.", "Think in resources."],
  ["product-manager", "Turns ideas into roadmaps, coordinates the work.", "You plan."],
  ["codebase-explorer", "Searches the code base and finds where things are.", "Search, then report."],
  ["import-sorter", "Sorts imports and runs the linter and the formatter.", "Mechanical work only."],
  ["commit-writer", "Writes commit messages and changelog entries.", "Read the diff."],
  ["poet", "Writes haiku about the weather.", "Seventeen syllables."],
  ["数据工程师", "构建数据管道 – builds pipelines, implements ETL jobs.", "你是一名工程师。"],
  ["Fürsorge-Helfer", "Hilft bei Refactoring und Migration größerer Module.", "Du entwickelst."],
];

const MODELS = [
  "model: opus",
  "model: Sonnet",
  'model: "haiku"',
  "model: claude-opus-4-1-20250805",
  "model: inherit",
  "model:",
  "",
  "model: sonnet # cheap enough",
  "model:   opus   ",
  "model: 'fable'",
];
const TOOLS = [
  "tools: Read, Grep, Glob",
  "tools: [Read, Write, Edit, Bash]",
  "tools:\n  - Read\n  - Bash",
  "tools:\n- Read\n- Edit",
  "",
  "tools: mcp__github__*, Read",
];
const EXTRAS = [
  "",
  "color: purple",
  "# who made this: me",
  "x-team: platform\nx-tags: [a, b]",
  "permissionMode: plan",
  "effort: high",
  "effort: 3",
  "hooks:\n  Stop:\n    - hooks:\n        - type: command\n          command: echo model",
  "color: red\ncolor: blue",
  "memory: project\n\n# a comment: with a colon\n",
];

/** How a description is written down. */
const STYLES: readonly ((text: string) => string)[] = [
  (text) => `description: ${text}`,
  (text) => `description: "${text}"`,
  (text) => `description: Use this: ${text} Examples: <example>user: "x" assistant: "y"</example>`,
  (text) => `description: >-\n  ${text}\n  model: opus is not a key here\n\n  More.`,
  (text) => `description: |\n  ${text}\n   indented\n`,
  (text) => `description: ${text}\n  and goes on\n  for a while`,
  (text) => `description:\t${text}`,
];

/** What is done to the whole file; those marked false make Claude Code pass over some of them. */
const FORMS: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replaceAll("\n", "\r\n"),
  (text) => `\uFEFF${text}`,
  (text) => text.trimEnd(),
  (text) => `${text}\n\n\n`,
  (text) => `${text}\n\ttabbed\t\n---\nmodel: haiku\n---\n`,
  (text) => `${text}\n${"A long body, model: opus, café 日本 🙂.\n".repeat(2400)}`,
];

/** Broken in ways that Claude Code does not load: nothing of these may ever change. */
const BROKEN: readonly string[] = [
  "# Notes for people\n\nmodel: opus\n",
  "---\nname: no-end\ndescription: never closed\nmodel: opus\n",
  "---\ndescription: has no name\nmodel: opus\n---\nBody\n",
  "---\nname: no-description\nmodel: opus\n---\nBody\n",
  '---\nname: bad\ndescription: "not closed\nmodel: opus\n---\nBody\n',
  '---js\n{ name: "x", description: (() => { throw 1 })() }\n---\n',
  "",
];

/** Bytes that an old editor leaves behind. */
const NOT_UTF8 = Buffer.from("caf\u00e9 \u00ff", "latin1");

/** `count` files, the same each time, with every ingredient drawn on its own. */
export function wildFiles(count: number): WildFile[] {
  const random = createRandom(20_261_121);
  return Array.from({ length: count }, (_, n): WildFile => {
    const broken = n % 23 === 22;
    const [name, description, first] = random.pick(JOBS);
    const head = [
      `name: ${name}-${n}`,
      random.pick(STYLES)(description),
      random.pick(TOOLS),
      random.pick(MODELS),
      random.pick(EXTRAS),
    ];
    const text = `---\n${head.filter(Boolean).join("\n")}\n---\n\n${first}\n\n- one\n- two\n`;
    const whole = broken ? random.pick(BROKEN) : random.pick(FORMS)(text);
    const bytes = Buffer.concat([Buffer.from(whole), n % 19 === 18 ? NOT_UTF8 : Buffer.of()]);
    const folder = random.pick(["", "team/", "review tools/", "deep/er/"]);
    return { path: `.claude/agents/${folder}${n}-${broken ? "odd" : name}.md`, bytes, loads: !broken };
  });
}
